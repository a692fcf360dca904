/** One question of the demo: asked, agreed to by the others, run by the workers, opened by everybody. @module */
import type { Hex } from "../protocol/bytes.ts";
import type { Json } from "../protocol/json.ts";
import type { TaskState } from "../protocol/schema.ts";
import type { Telco } from "./demo-telcos.ts";
import { short, step } from "./screen.ts";

const FEE = 30n * 10n ** 18n;

export interface Question {
  readonly function: string;
  readonly params: Json;
}

export interface Answer {
  readonly id: Hex;
  readonly asked: Question;
  readonly state: TaskState;
  readonly output: Json;
}

/** @param asker index of the telco that asks */
export async function ask(
  telcos: readonly Telco[],
  asker: number,
  asked: Question,
): Promise<Answer> {
  const { client, terms } = telcos[asker] as Telco;
  const others = telcos.filter((_, i) => i !== asker);
  const proposal = Promise.withResolvers<Hex>();
  const ended = client.task.run(
    { terms, ...asked, recipients: telcos.map((_, i) => i), fee: FEE },
    { onProposed: ({ taskId }) => proposal.resolve(taskId) },
  );
  const id = await step(
    "Propose, with a fee for the workers",
    () => Promise.race([proposal.promise, ended.then(({ taskId }) => taskId)]),
    (taskId) => `task ${short(taskId)}`,
  );
  await step(
    "The others read it, check it, and sign",
    () => Promise.all(others.map((other) => other.client.task.consent(id))),
    () => others.map(({ name }) => name).join(", "),
  );
  const { state } = await step(
    "Workers open the data, run, sign; two must agree",
    () => ended,
    (end) => end.state,
  );
  const opened = await step(
    "Each telco fetches and decrypts its copy",
    () => Promise.all(telcos.map((telco) => telco.client.result.get(id))),
    (all) => `${all.length} copies, one commitment ${short(all[0]?.commitment ?? "")}`,
  );
  const [first] = opened;
  if (!first || opened.some(({ commitment }) => commitment !== first.commitment))
    throw new Error("the telcos did not get the same output");
  return { id, asked, state, output: first.value };
}
