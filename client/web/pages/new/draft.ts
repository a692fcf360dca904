/** From what is typed to the draft of a contract, and what is wrong with it, field by field. @module */
import { Value } from "typebox/value";
import type { Hex } from "../../../../protocol/bytes.ts";
import { defaultPolicy, type Policy } from "../../../../protocol/policy.ts";
import { Member } from "../../../../protocol/schema.ts";
import type { ContractDraft } from "../../../sdk/contract.ts";
import type { Offer } from "./form.tsx";

export interface FormState {
  readonly name: string;
  readonly program: Hex;
  /** A card of a member on each line. */
  readonly members: string;
  /** Functions that may be asked with any parameters. */
  readonly functions: readonly string[];
  readonly minParties: string;
  readonly minCohort: string;
  /** Percent. */
  readonly maxShare: string;
  readonly maxClusters: string;
  readonly decimals: string;
  /** Ids. */
  readonly workers: readonly Hex[];
  readonly threshold: string;
  readonly simulated: boolean;
}

export type Faults = Partial<Record<keyof FormState, string>>;

export const firstForm = ({ programs, workers }: Offer): FormState => ({
  name: "",
  program: programs.at(-1)?.program ?? "0x",
  members: "",
  functions: [],
  minParties: String(defaultPolicy.minParties),
  minCohort: String(defaultPolicy.minCohort),
  maxShare: String(100 * defaultPolicy.maxShare),
  maxClusters: String(defaultPolicy.maxClusters),
  decimals: String(defaultPolicy.decimals),
  workers: workers.map(({ id }) => id),
  threshold: String(Math.floor(workers.length / 2) + 1),
  simulated: false,
});

/** Members of the cards; undefined where a line is none. */
export const membersOf = (text: string): (Member | undefined)[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => {
      try {
        const value: unknown = JSON.parse(line);
        return Value.Check(Member, value) ? value : undefined;
      } catch {
        return undefined;
      }
    });

/** What is wrong, by field; nothing when the draft can be announced. */
export function faultsOf(form: FormState, { workers }: Offer): Faults {
  const members = membersOf(form.members);
  const wrong = members.findIndex((member) => member === undefined);
  const bytes = new TextEncoder().encode(form.name).length;
  const chosen = workers.filter(({ id }) => form.workers.includes(id));
  const hasSimulated = chosen.some(({ protection }) => protection !== "hardware");
  const faults: Faults = {
    ...((bytes < 1 || bytes > 64) && { name: "1 to 64 bytes." }),
    ...(members.length === 0 && { members: "At least one member." }),
    ...(members.length > 32 && { members: "At most 32 members." }),
    ...(wrong >= 0 && { members: `Line ${wrong + 1} is no member's card.` }),
    ...(form.functions.length === 0 && { functions: "Choose what may be asked." }),
    ...(hasSimulated &&
      !form.simulated && { simulated: "These workers are simulated: say that they are enough." }),
    ...whole(form, "minParties", 1, 32),
    ...whole(form, "minCohort", 1, 1_000_000),
    ...whole(form, "maxShare", 1, 100),
    ...whole(form, "maxClusters", 1, 1000),
    ...whole(form, "decimals", 0, 5),
    ...whole(form, "threshold", Math.floor(chosen.length / 2) + 1, Math.max(1, chosen.length)),
  };
  return faults;
}

type Numbered = "minParties" | "minCohort" | "maxShare" | "maxClusters" | "decimals" | "threshold";

function whole(form: FormState, field: Numbered, least: number, most: number): Faults {
  const text = form[field];
  const fits = /^\d{1,7}$/.test(text) && Number(text) >= least && Number(text) <= most;
  return fits ? {} : { [field]: `A whole number from ${least} to ${most}.` };
}

/** The draft of a form without faults. */
export function draftOf(form: FormState, { workers }: Offer): ContractDraft {
  const policy: Policy = {
    ...defaultPolicy,
    minParties: Number(form.minParties),
    minCohort: Number(form.minCohort),
    maxShare: Number(form.maxShare) / 100,
    maxClusters: Number(form.maxClusters),
    decimals: Number(form.decimals),
    requests: form.functions.map((name) => ({ function: name })),
  };
  return {
    name: form.name,
    program: form.program,
    members: membersOf(form.members).filter((member) => member !== undefined),
    workers: workers.filter(({ id }) => form.workers.includes(id)).map(({ keys }) => keys),
    threshold: Number(form.threshold),
    minProtection: form.simulated ? "simulated" : "hardware",
    policy,
  };
}
