/** Gives a kept output out: to a recipient the task names, and only when m committee workers signed the same result. @module */
import { toHex, ZERO_HASH, type Hex } from "../../protocol/bytes.ts";
import {
  CHUNK_SIZE,
  commitKey,
  encodeHeader,
  hashHeader,
  type Header,
} from "../../protocol/envelope/header.ts";
import { encodePreamble, hashDataset } from "../../protocol/envelope/package.ts";
import { newDataKey, sealStream } from "../../protocol/envelope/stream.ts";
import { makeKeyWrap } from "../../protocol/envelope/wrap.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { sha256 } from "../../protocol/hash.ts";
import { hashSeal } from "../../protocol/identity.ts";
import type { Collaboration, Question, Sealing, SignedResult } from "../../protocol/receipt.ts";
import { resultStatus } from "../../protocol/schema.ts";
import { commitOutput } from "../../protocol/secrets.ts";
import { concat } from "../../protocol/bytes.ts";
import { splitOutput } from "../../protocol/audit.ts";
import { verifyResults } from "../../protocol/verify.ts";
import { taskIdOf } from "./open/admission.ts";

export interface ReleaseFacts {
  readonly collaboration: Collaboration;
  readonly question: Question;
  readonly sealing: Sealing;
  readonly results: readonly SignedResult[];
  readonly recipient: number;
  /** salt || output, opened by the enclave that sealed it to itself. */
  readonly held: Uint8Array;
  /** The enclave's signing key: recipients see that the wrap is a committee worker's. */
  readonly signingKey: Uint8Array;
}

/**
 * An envelope package for one recipient.
 * @throws ProtocolError NOT_A_RECIPIENT, QUORUM_MISSING, NOT_FINAL for a failed task, HASH_MISMATCH when the kept output is not
 * the agreed one
 */
export async function releaseOutput(facts: ReleaseFacts): Promise<Uint8Array> {
  const { collaboration: c, question: q, sealing, recipient, held } = facts;
  const taskId = taskIdOf(c, q);
  const member = c.terms.members[recipient];
  if (!member || !((q.task.recipients >>> recipient) & 1))
    throw new ProtocolError("NOT_A_RECIPIENT", { task: taskId, member: recipient });
  const { outcome } = verifyResults(c, sealing, facts.results);
  if (outcome.status !== resultStatus.success)
    throw new ProtocolError("NOT_FINAL", { task: taskId, state: "failed" });
  const { salt, output } = splitOutput(held);
  const actual = commitOutput(salt, output);
  if (actual !== outcome.outputCommitment)
    throw new ProtocolError("HASH_MISMATCH", {
      what: "kept output",
      expected: outcome.outputCommitment,
      actual,
    });

  const dataKey = newDataKey();
  const header = outputHeader(facts, commitKey(dataKey));
  const chunks: Uint8Array[] = [];
  for await (const chunk of sealStream(dataKey, header, only(held))) chunks.push(chunk);
  const leaves = await Promise.all(chunks.map(sha256));
  const wrap = makeKeyWrap(
    c.deployment,
    hashDataset(header, leaves),
    hashHeader(encodeHeader(header)),
    dataKey,
    member.sealingKey,
    facts.signingKey,
  );
  return concat(encodePreamble({ header, leaves, wraps: [wrap] }), ...chunks);
}

function outputHeader(facts: ReleaseFacts, keyCommitment: Hex): Header {
  const { collaboration: c, question: q, sealing, recipient } = facts;
  return {
    kind: "output",
    chainId: c.deployment.chainId,
    contracts: c.deployment.contracts,
    terms: q.task.terms,
    member: recipient,
    table: 0,
    epoch: 0,
    schema: ZERO_HASH,
    context: hashSeal(sealing.seal),
    chunkSize: CHUNK_SIZE,
    noncePrefix: toHex(crypto.getRandomValues(new Uint8Array(7))),
    keyCommitment,
  };
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
