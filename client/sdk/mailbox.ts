/** Mailboxes of the committee's workers: signatures that sealing needs, checked here, because mailboxes are trusted with nothing. @module */
import { Mailbox, type ConsentFile } from "../../protocol/api.ts";
import type { Hex } from "../../protocol/bytes.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { mergeSigned } from "../../protocol/history.ts";
import type { Collaboration, Question } from "../../protocol/receipt.ts";
import type { Signed } from "../../protocol/schema.ts";
import { committeeHash, digestOf, hashTask, signerOf } from "../../protocol/typed-data.ts";
import type { Context } from "./context.ts";
import { request, requestJson } from "./http.ts";
import { retryWhile } from "./wait.ts";

/** Seconds a worker may need to see a proposal. */
const SEEN_SECONDS = 20;

/** Posts a consent to every mailbox. @returns how many took it, and the first refusal */
export async function postConsent(
  ctx: Context,
  endpoints: readonly string[],
  consent: ConsentFile,
): Promise<{ taken: number; fault?: ProtocolError }> {
  const path = `/v1/tasks/${consent.task}/consents`;
  const limits = { everyMs: ctx.pollMs, seconds: SEEN_SECONDS };
  const faults = await Promise.all(
    endpoints.map(async (endpoint) => {
      try {
        await retryWhile(["NOT_FOUND", "NOT_COMMITTED"], limits, () =>
          request(ctx, endpoint, path, { method: "POST", json: consent }),
        );
        return undefined;
      } catch (error) {
        if (error instanceof ProtocolError) return error;
        throw error;
      }
    }),
  );
  const fault = faults.find((entry) => entry !== undefined);
  const taken = faults.filter((entry) => entry === undefined).length;
  return { taken, ...(fault && { fault }) };
}

/** Valid consents and `Ready` signatures of all mailboxes that answer; what does not verify is dropped. */
export async function readMailboxes(
  ctx: Context,
  endpoints: readonly string[],
  c: Collaboration,
  q: Question,
): Promise<Mailbox> {
  const taskId = hashTask(ctx.deployment, q.task);
  const boxes = await Promise.all(endpoints.map((endpoint) => readOne(ctx, endpoint, taskId)));
  const ready = digestOf(ctx.deployment, "Ready", {
    taskId,
    committee: committeeHash(c.committee),
  });
  return {
    consents: mergeSigned(
      boxes
        .flatMap((box) => box.consents)
        .filter(valid(taskId, (by) => c.terms.members[by]?.consentKey)),
    ),
    readies: mergeSigned(
      boxes
        .flatMap((box) => box.readies)
        .filter(valid(ready, (by) => c.committee.workers[by]?.signer)),
    ),
  };
}

/** Whether a signature on `digest` is by whom it says. */
const valid = (digest: Hex, key: (by: number) => Hex | undefined) => (signed: Signed) =>
  signerOf(digest, signed.signature) === key(signed.by);

async function readOne(ctx: Context, endpoint: string, taskId: Hex): Promise<Mailbox> {
  try {
    return await requestJson(ctx, endpoint, `/v1/tasks/${taskId}/consents`, Mailbox);
  } catch (error) {
    // One worker that is silent must not keep the others from being heard.
    if (error instanceof ProtocolError) return { consents: [], readies: [] };
    throw error;
  }
}
