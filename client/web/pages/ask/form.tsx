/** The form of a question. @module */
import { useCallback, useState } from "react";
import { formatUnits } from "ethers";
import { amountFrom } from "../../../../protocol/amount.ts";
import type { Hex } from "../../../../protocol/bytes.ts";
import type { Json } from "../../../../protocol/json.ts";
import { parsePolicy } from "../../../../protocol/policy.ts";
import { abilities } from "../../../../protocol/schema.ts";
import type { Subject } from "../../../sdk/words.ts";
import { Act } from "../../parts/act.tsx";
import { Choice, Tick } from "../../parts/choice.tsx";
import { Drop } from "../../parts/drop.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Field } from "../../parts/field.tsx";
import { Shown } from "../../parts/shown.tsx";
import { plainName } from "../../parts/text.ts";
import { goTo } from "../../route.ts";
import { useLoad } from "../../state/load.ts";
import { useSession } from "../../state/session.tsx";
import { memberName } from "../collaboration/datasets.tsx";
import { ParameterFields } from "./parameters.tsx";
import { valuesFrom, type Texts } from "./schema.ts";

export function AskForm({ terms, known }: { terms: Hex; known: Subject }) {
  const { client, ctx } = useSession();
  const { requests } = parsePolicy(known.terms.policy);
  const [at, setAt] = useState("0");
  const [texts, setTexts] = useState<Texts>({});
  const [fee, setFee] = useState("0");
  const all = known.terms.members.flatMap(({ abilities: may }, index) =>
    may & abilities.receive ? [index] : [],
  );
  const [recipients, setRecipients] = useState<readonly number[]>(all);
  const [file, setFile] = useState<File>();
  const request = requests[Number(at)];
  const spec = request && known.manifest.functions[request.function];
  const money = useLoad(
    useCallback(async () => {
      const { token } = await ctx.contracts();
      const [decimals, symbol, held] = await Promise.all([
        token.decimals(),
        token.symbol(),
        client.vault.balance(),
      ]);
      return { decimals: Number(decimals), symbol, held };
    }, [ctx, client]),
  );
  const propose = useCallback(async () => {
    if (!request || !spec) return;
    const params: Json = request.params ?? valuesFrom(spec.params, texts);
    const proposed = await client.task.propose({
      terms,
      function: request.function,
      params,
      recipients,
      fee: amountFrom(`${fee}tok`, money.value?.decimals ?? 0),
      ...(file && { privateRows: file }),
    });
    goTo({ page: "task", task: proposed.taskId });
  }, [request, spec, client, terms, texts, recipients, fee, money.value, file]);
  return (
    <form onSubmit={(event) => event.preventDefault()}>
      <Choice
        label="Question"
        value={at}
        onChange={(value) => {
          setAt(value);
          setTexts({});
        }}
        options={requests.map(({ function: name, params }, index) => ({
          value: String(index),
          label:
            params === undefined ? plainName(name) : plainName(`${name} ${JSON.stringify(params)}`),
        }))}
      />
      {request && spec && request.params === undefined && (
        <ParameterFields schema={spec.params} texts={texts} onChange={setTexts} />
      )}
      {spec?.privateTable && (
        <>
          <Drop
            label="Your own points (CSV)"
            hint="Sealed like data; only you get the classes of these rows."
            accept=".csv,text/csv"
            onFiles={([chosen]) => setFile(chosen)}
          />
          {file && <p>{plainName(file.name)}</p>}
        </>
      )}
      <fieldset>
        <legend>Who gets the answer</legend>
        {all.map((member) => (
          <Tick
            key={member}
            label={memberName(known, member)}
            checked={recipients.includes(member)}
            onChange={(yes) =>
              setRecipients((chosen) =>
                yes
                  ? [...chosen, member].toSorted((a, b) => a - b)
                  : chosen.filter((entry) => entry !== member),
              )
            }
          />
        ))}
      </fieldset>
      <Shown of={money} what="your balance">
        {({ decimals, symbol, held }) => (
          <>
            <Field
              label={`Fee for the workers, in ${symbol}`}
              value={fee}
              onChange={setFee}
              fault={/^\d+(\.\d+)?$/.test(fee) ? undefined : "A number such as 30 or 2.5"}
            />
            <Facts
              of={[
                [
                  "Locked now",
                  `${fee || "0"} ${symbol}, and the chain's own fee for one transaction`,
                ],
                ["In the vault", `${formatUnits(held, decimals)} ${symbol}`],
                ["If it never runs", "all of it comes back"],
              ]}
            />
          </>
        )}
      </Shown>
      <Act label="Propose it" run={propose} disabled={recipients.length === 0 || !spec} />
      <p className="soft">
        Every member whose data it reads, you too, then consents on the task&apos;s page.
      </p>
    </form>
  );
}
