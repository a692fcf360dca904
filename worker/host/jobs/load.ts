/** Brings inputs and programs into the enclave when it says that it lacks them. @module */
import type { Hex } from "../../../protocol/bytes.ts";
import { ProtocolError, hasCode } from "../../../protocol/errors.ts";
import type { Collaboration, Question } from "../../../protocol/receipt.ts";
import type { Ask } from "../enclave.ts";
import type { Inbox } from "../inbox/inbox.ts";
import type { Store } from "../store/store.ts";

export interface LoadPorts {
  readonly inbox: Pick<Inbox, "preamble" | "chunks">;
  readonly store: Pick<Store, "modules">;
}

export interface Papers {
  readonly collaboration: Collaboration;
  readonly question: Question;
}

/** Rounds of loading before it is clear that the inputs do not fit into the enclave together. */
const MOST_ROUNDS = 3;

/** An input that the enclave refused, with its reason. */
export class InputRefused extends Error {
  readonly dataset: Hex;
  readonly member: number;
  readonly refusal: ProtocolError;

  constructor(dataset: Hex, member: number, refusal: ProtocolError) {
    super(refusal.message, { cause: refusal });
    this.dataset = dataset;
    this.member = member;
    this.refusal = refusal;
  }
}

/**
 * Runs `act`, and as long as the enclave answers NOT_LOADED loads what it names and runs it again.
 * @throws InputRefused; ProtocolError as `act` throws
 */
export async function withInputs<T>(
  ask: Ask,
  ports: LoadPorts,
  papers: Papers,
  act: () => Promise<T>,
): Promise<T> {
  for (let round = 0; ; round++) {
    try {
      return await act();
    } catch (error) {
      if (!hasCode(error, "NOT_LOADED") || round === MOST_ROUNDS) throw error;
      for (const hash of error.facts.hashes) await load(ask, ports, papers, hash as Hex);
    }
  }
}

async function load(
  ask: Ask,
  { inbox, store }: LoadPorts,
  { collaboration, question }: Papers,
  hash: Hex,
): Promise<void> {
  if (hash === collaboration.moduleHash) {
    const module = store.modules.get(collaboration.terms.program);
    if (!module) throw notHeld("program", hash);
    await ask("program", {}, module);
    return;
  }
  const { table, member } = claimOf(question, hash);
  const preamble = inbox.preamble(hash);
  if (!preamble) throw notHeld("dataset", hash);
  try {
    const claim = { collaboration, table, member, dataset: hash };
    const { json } = await ask("load", claim, preamble);
    if (json.held) return;
    for await (const chunk of inbox.chunks(hash)) await ask("chunk", {}, chunk);
    await ask("loaded", {});
  } catch (error) {
    if (!(error instanceof ProtocolError) || error.code === "INTERNAL") throw error;
    throw new InputRefused(hash, member, error);
  }
}

/** What an input is in this task: a table of a member, or the private parameters of its function. */
function claimOf({ task, inputs }: Question, dataset: Hex) {
  if (dataset === task.privateParams) return { table: task.functionName, member: task.requester };
  const input = inputs.find((one) => one.dataset === dataset);
  if (!input) throw notHeld("input", dataset);
  return { table: input.table, member: input.member };
}

const notHeld = (what: string, name: string) => new ProtocolError("NOT_FOUND", { what, name });
