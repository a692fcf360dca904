/** What may leave: the policy, as fields. @module */
import type { Manifest } from "../../../../protocol/program.ts";
import { Tick } from "../../parts/choice.tsx";
import { Field } from "../../parts/field.tsx";
import { plainName } from "../../parts/text.ts";
import type { Faults, FormState } from "./draft.ts";

interface PolicyFieldsProps {
  readonly form: FormState;
  readonly set: (change: Partial<FormState>) => void;
  readonly manifest: Manifest;
  readonly faults: Faults;
}

const numbers = [
  ["minCohort", "Fewest rows in a released group"],
  ["minParties", "Fewest members in a released group"],
  ["maxShare", "Largest share of one member in a group, in percent"],
  ["maxClusters", "Most clusters"],
  ["decimals", "Decimals of released positions (3 is about 100 m)"],
] as const;

export function PolicyFields({ form, set, manifest, faults }: PolicyFieldsProps) {
  return (
    <>
      <fieldset>
        <legend>What may be asked</legend>
        {Object.keys(manifest.functions).map((name) => (
          <Tick
            key={name}
            label={plainName(name)}
            checked={form.functions.includes(name)}
            onChange={(yes) =>
              set({
                functions: yes
                  ? [...form.functions, name]
                  : form.functions.filter((entry) => entry !== name),
              })
            }
          />
        ))}
        {faults.functions && <p className="fault">{faults.functions}</p>}
      </fieldset>
      <fieldset>
        <legend>What may leave (exact mode)</legend>
        {numbers.map(([field, label]) => (
          <Field
            key={field}
            label={label}
            value={form[field]}
            onChange={(value) => set({ [field]: value })}
            fault={faults[field]}
          />
        ))}
      </fieldset>
    </>
  );
}
