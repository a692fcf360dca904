/** The form of a new collaboration. @module */
import { useCallback, useState } from "react";
import type { Hex } from "../../../../protocol/bytes.ts";
import type { Manifest } from "../../../../protocol/program.ts";
import type { RegisteredWorker } from "../../../sdk/worker.ts";
import { Act } from "../../parts/act.tsx";
import { Choice, Tick } from "../../parts/choice.tsx";
import { Field } from "../../parts/field.tsx";
import { plainName, short } from "../../parts/text.ts";
import { goTo } from "../../route.ts";
import { useSession } from "../../state/session.tsx";
import { draftOf, faultsOf, firstForm, type FormState } from "./draft.ts";
import { PolicyFields } from "./policy.tsx";
import { Preview } from "./preview.tsx";

export interface Offer {
  readonly programs: readonly { readonly program: Hex; readonly manifest: Manifest }[];
  readonly workers: readonly RegisteredWorker[];
}

export function NewForm({ offer }: { offer: Offer }) {
  const { client } = useSession();
  const [form, setForm] = useState<FormState>(() => firstForm(offer));
  const set = useCallback(
    (change: Partial<FormState>) => setForm((last) => ({ ...last, ...change })),
    [],
  );
  const faults = faultsOf(form, offer);
  const announce = useCallback(async () => {
    const terms = await client.contract.create(draftOf(form, offer));
    goTo({ page: "contract", terms });
  }, [client, form, offer]);
  if (offer.programs.length === 0)
    return <p>No program is published, or no worker gives one. Publish one first.</p>;
  const program = offer.programs.find((entry) => entry.program === form.program);
  return (
    <form onSubmit={(event) => event.preventDefault()}>
      <Field
        label="Name"
        value={form.name}
        onChange={(name) => set({ name })}
        fault={faults.name}
      />
      <Choice
        label="Program"
        value={form.program}
        onChange={(value) => set({ program: value as Hex, functions: [] })}
        options={offer.programs.map(({ program: hash, manifest }) => ({
          value: hash,
          label: `${plainName(manifest.name)} ${plainName(manifest.version)} (${short(hash)})`,
        }))}
      />
      <Field
        label="Members"
        value={form.members}
        onChange={(members) => set({ members })}
        lines={6}
        hint="One card a line, as each member finds it on its page “You”. The order numbers them."
        fault={faults.members}
      />
      {program && (
        <PolicyFields form={form} set={set} manifest={program.manifest} faults={faults} />
      )}
      <fieldset>
        <legend>Committee</legend>
        {offer.workers.map((worker) => (
          <Tick
            key={worker.id}
            label={`${worker.endpoint} (${worker.protection.toUpperCase()}, ${short(worker.id)})`}
            checked={form.workers.includes(worker.id)}
            onChange={(yes) =>
              set({
                workers: yes
                  ? [...form.workers, worker.id]
                  : form.workers.filter((id) => id !== worker.id),
              })
            }
          />
        ))}
        <Field
          label="How many of them must agree"
          value={form.threshold}
          onChange={(threshold) => set({ threshold })}
          fault={faults.threshold}
        />
        <Tick
          label="Simulated workers are enough: their operators can read every row"
          checked={form.simulated}
          onChange={(simulated) => set({ simulated })}
        />
      </fieldset>
      {Object.keys(faults).length === 0 && <Preview form={form} offer={offer} />}
      <Act label="Announce it on chain" run={announce} disabled={Object.keys(faults).length > 0} />
      <p className="soft">
        Nobody is bound by it before they join. The address of its page is the invitation: send it
        to the members.
      </p>
    </form>
  );
}
