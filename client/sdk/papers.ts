/** A task as a client knows it: everything it stands on, read from chain and checked. @module */
import type { Hex } from "../../protocol/bytes.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { select, type ChainEvent } from "../../protocol/events.ts";
import { questionFrom } from "../../protocol/history.ts";
import type { Manifest } from "../../protocol/program.ts";
import type { Collaboration, Question } from "../../protocol/receipt.ts";
import { verifyTask } from "../../protocol/verify.ts";
import { collaborationOf, knownContract, type Known } from "./collaboration.ts";
import type { Context } from "./context.ts";
import { inChainOrder, storyOf } from "./ledger.ts";
import { endpointsOf } from "./worker.ts";

export interface Papers {
  readonly taskId: Hex;
  readonly known: Known;
  readonly collaboration: Collaboration;
  readonly manifest: Manifest;
  /** With the consents that the chain has seen. */
  readonly question: Question;
  readonly events: readonly ChainEvent[];
  /** Of the committee in force. */
  readonly endpoints: readonly string[];
}

/**
 * Reads a task and checks that parameters, inputs and release are what its id says.
 * @throws ProtocolError NOT_FOUND, HASH_MISMATCH, SIGNATURE_INVALID, TERMS_INVALID
 */
export async function papersOf(ctx: Context, taskId: Hex): Promise<Papers> {
  const story = await storyOf(ctx, taskId);
  const question = questionFrom(story, taskId);
  const known = await knownContract(ctx, question.task.terms);
  const { collaboration, manifest } = await collaborationOf(ctx, known);
  const { taskId: actual } = verifyTask(collaboration, question);
  if (actual !== taskId)
    throw new ProtocolError("HASH_MISMATCH", { what: "task", expected: taskId, actual });
  const endpoints = await endpointsOf(ctx, known.committee.workers);
  const events = inChainOrder(story, known.events);
  return { taskId, known, collaboration, manifest, question, events, endpoints };
}

/** Names that consents and `Ready` on chain already carry. */
export function signedOnChain(events: readonly ChainEvent[]): {
  consents: ReadonlySet<number>;
  readies: ReadonlySet<number>;
} {
  return {
    consents: new Set(select(events, "TaskConsented").map(({ args }) => args.member)),
    readies: new Set(select(events, "TaskReady").map(({ args }) => args.worker)),
  };
}
