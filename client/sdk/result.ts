/** Fetching an output: any committee worker may hand it over, and only what was agreed on chain is taken. @module */
import { splitOutput } from "../../protocol/audit.ts";
import { concat, fromHex, fromUtf8, ZERO_HASH, type Hash, type Hex } from "../../protocol/bytes.ts";
import { encodeHeader, expectHeader, hashHeader } from "../../protocol/envelope/header.ts";
import { hashDataset, readPackage, type Preamble } from "../../protocol/envelope/package.ts";
import { openStream } from "../../protocol/envelope/stream.ts";
import { keyWrapSigner, unwrapSecret } from "../../protocol/envelope/wrap.ts";
import { hasCode, ProtocolError } from "../../protocol/errors.ts";
import { parseCanonicalJson, type Json } from "../../protocol/json.ts";
import { resultStatus, type Committee } from "../../protocol/schema.ts";
import { commitOutput } from "../../protocol/secrets.ts";
import { reasonOf } from "../../protocol/verify.ts";
import { agreedResult, type Agreed } from "./agreed.ts";
import { committeeAt, knownContract, ownEntry } from "./collaboration.ts";
import type { Context } from "./context.ts";
import { bytesOf, request } from "./http.ts";
import { publicKeysOf } from "./keys.ts";
import { retryWhile } from "./wait.ts";
import { endpointsOf } from "./worker.ts";

/** Seconds a worker may need to confirm what this client saw. */
const CONFIRMED_SECONDS = 30;

export interface Opened {
  /** The output: canonical JSON, read. */
  readonly value: Json;
  /** With the output's bytes, what the commitment on chain hashes. */
  readonly salt: Uint8Array;
  readonly output: Uint8Array;
  readonly commitment: Hash<"output">;
}

/**
 * Fetches this member's output, opens it, and compares it with the commitment the workers agreed on.
 * @throws ProtocolError NOT_FINAL, TASK_FAILED with the agreed reason, NOT_A_MEMBER, NOT_A_RECIPIENT, and the first worker's fault
 * (WORKER_UNREACHABLE, ENVELOPE_FOREIGN, SIGNATURE_INVALID, CANNOT_OPEN, HASH_MISMATCH) when no worker gave a right one
 */
export async function getResult(ctx: Context, taskId: Hex): Promise<Opened> {
  const agreed = await agreedResult(ctx, taskId);
  if (agreed.result.status !== resultStatus.success)
    throw new ProtocolError("TASK_FAILED", {
      task: taskId,
      reason: reasonOf(agreed.result.reason),
    });
  const known = await knownContract(ctx, agreed.seal.terms);
  const { index: member } = await ownEntry(ctx, known);
  const committee = committeeAt(ctx, known, agreed.seal.committeeVersion);
  const endpoints = await endpointsOf(ctx, committee.workers);
  // This client may see the last result some blocks before a worker counts it as confirmed.
  return retryWhile(["NOT_FINAL"], { everyMs: ctx.pollMs, seconds: CONFIRMED_SECONDS }, () =>
    fromAny(ctx, agreed, member, committee, endpoints),
  );
}

/** The first right answer; without one, a worker that is only behind, or else the first fault. */
async function fromAny(
  ctx: Context,
  agreed: Agreed,
  member: number,
  committee: Committee,
  endpoints: readonly string[],
): Promise<Opened> {
  const { taskId } = agreed.seal;
  const faults: unknown[] = [];
  for (const endpoint of endpoints) {
    try {
      const response = await request(ctx, endpoint, `/v1/results/${taskId}/${member}`);
      return await open(ctx, agreed, member, committee, await bytesOf(endpoint, response));
    } catch (error) {
      faults.push(error);
    }
  }
  throw (
    faults.find((fault) => hasCode(fault, "NOT_FINAL")) ??
    faults[0] ??
    new ProtocolError("NOT_FOUND", { what: "worker for task", name: taskId })
  );
}

async function open(
  ctx: Context,
  agreed: Agreed,
  member: number,
  committee: Committee,
  sealed: Uint8Array,
): Promise<Opened> {
  const { preamble, chunks } = await readPackage(once(sealed));
  expectHeader(preamble.header, {
    kind: "output",
    chainId: ctx.deployment.chainId,
    contracts: ctx.deployment.contracts,
    terms: agreed.seal.terms,
    member,
    table: 0,
    epoch: 0,
    schema: ZERO_HASH,
    context: agreed.result.sealDigest,
  });
  const dataKey = ownKey(ctx, committee, preamble);
  const parts: Uint8Array[] = [];
  for await (const part of openStream(dataKey, preamble.header, chunks)) parts.push(part);
  dataKey.fill(0);
  const { salt, output } = splitOutput(concat(...parts));
  const commitment = commitOutput(salt, output);
  const { outputCommitment, outputLength } = agreed.result;
  if (commitment !== outputCommitment || output.length !== outputLength)
    throw new ProtocolError("HASH_MISMATCH", {
      what: "output",
      expected: outputCommitment,
      actual: commitment,
    });
  return { value: parseCanonicalJson(fromUtf8(output, "output")), salt, output, commitment };
}

/** The data key, wrapped for this member by an enclave of the committee that answered. */
function ownKey(ctx: Context, { workers }: Committee, preamble: Preamble): Uint8Array {
  const { header, leaves, wraps } = preamble;
  const keys = ctx.keys();
  const { sealingKey } = publicKeysOf(keys);
  const own = wraps.find((wrap) => wrap.sealingKey === sealingKey);
  if (!own) throw new ProtocolError("CANNOT_OPEN", { what: "output: sealed to another key" });
  const actual = keyWrapSigner(ctx.deployment, hashDataset(header, leaves), own);
  if (!workers.some(({ signer }) => signer === actual))
    throw new ProtocolError("SIGNATURE_INVALID", {
      what: "the output's key wrap",
      expected: "a worker of the committee",
      actual,
    });
  const headerHash = hashHeader(encodeHeader(header));
  return keys.sealingKey.use((key) => unwrapSecret(key, fromHex(own.wrap), headerHash, "output"));
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
