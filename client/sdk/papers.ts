/** A task as a client knows it: everything it stands on, read from chain and checked. @module */
import type { Hex } from "../../protocol/bytes.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { select, type ChainEvent } from "../../protocol/events.ts";
import { collaborationFrom, questionFrom } from "../../protocol/history.ts";
import type { Manifest } from "../../protocol/program.ts";
import type { Collaboration, Question } from "../../protocol/receipt.ts";
import { hashTask } from "../../protocol/typed-data.ts";
import { verifyTask } from "../../protocol/verify.ts";
import { collaborationOf, knownContract, type Known } from "./collaboration.ts";
import type { Context } from "./context.ts";
import { inChainOrder, storyOf } from "./ledger.ts";
import { endpointsOf } from "./worker.ts";

/** What the chain alone says of a task. */
export interface ChainPapers {
  readonly taskId: Hex;
  readonly known: Known;
  /** Without the program's manifest: `{}` stands for it. */
  readonly collaboration: Collaboration;
  /** With the consents that the chain has seen. */
  readonly question: Question;
  readonly events: readonly ChainEvent[];
  /** Of the committee in force. */
  readonly endpoints: readonly string[];
}

export interface Papers extends ChainPapers {
  readonly manifest: Manifest;
}

/**
 * A task without its program, which workers hold: who waits must learn for whom also when no worker answers.
 * @throws ProtocolError NOT_FOUND, HASH_MISMATCH, SIGNATURE_INVALID, TERMS_INVALID
 */
export async function chainPapers(ctx: Context, taskId: Hex): Promise<ChainPapers> {
  const story = await storyOf(ctx, taskId);
  const question = questionFrom(story, taskId);
  const actual = hashTask(ctx.deployment, question.task);
  if (actual !== taskId)
    throw new ProtocolError("HASH_MISMATCH", { what: "task", expected: taskId, actual });
  const known = await knownContract(ctx, question.task.terms);
  const { events, termsHash, committee } = known;
  return {
    taskId,
    known,
    collaboration: collaborationFrom(ctx.deployment, events, termsHash, "{}"),
    question,
    events: inChainOrder(story, events),
    endpoints: await endpointsOf(ctx, committee.workers),
  };
}

/**
 * Reads a task and checks that parameters, inputs and release are what its id says.
 * @throws ProtocolError as {@link chainPapers}, and those of fetching a program
 */
export async function papersOf(ctx: Context, taskId: Hex): Promise<Papers> {
  const papers = await chainPapers(ctx, taskId);
  const { collaboration, manifest } = await collaborationOf(ctx, papers.known);
  verifyTask(collaboration, papers.question);
  return { ...papers, collaboration, manifest };
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
