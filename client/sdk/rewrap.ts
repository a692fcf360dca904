/** After a change of committee: a dataset's key for the new workers. Nothing is sealed again. @module */
import { fromHex, type Hex } from "../../protocol/bytes.ts";
import { encodeHeader, hashHeader } from "../../protocol/envelope/header.ts";
import { decodePreamble, hashDataset } from "../../protocol/envelope/package.ts";
import { unwrapSecret } from "../../protocol/envelope/wrap.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { knownContract, ownEntry } from "./collaboration.ts";
import type { Context } from "./context.ts";
import { Secret } from "../../protocol/secret.ts";
import { wrapKey } from "./seal.ts";
import { deliver, expectHolders, type Delivery } from "./upload.ts";
import { verifyCommitteeWorkers } from "./worker.ts";

export interface Rewrap {
  readonly terms: Hex;
  readonly dataset: Hex;
  /** As `dataset.contribute` gave it. */
  readonly preamble: Hex;
  /** For workers that do not hold the chunks yet. */
  readonly ciphertext?: Blob;
}

/**
 * Opens the owner's own wrap and gives the data key to the committee in force, after verifying every worker of it.
 * @throws ProtocolError HASH_MISMATCH, NOT_FOUND, CANNOT_OPEN, those of `worker.verify`, and a worker's refusal
 */
export async function rewrap(
  ctx: Context,
  { terms, dataset, preamble, ciphertext }: Rewrap,
): Promise<Delivery[]> {
  const known = await knownContract(ctx, terms);
  const { member } = await ownEntry(ctx, known);
  const workers = await verifyCommitteeWorkers(ctx, known.committee.workers, known.terms);
  // The first 4 bytes are the length.
  const { header, leaves, wraps } = decodePreamble(fromHex(preamble).subarray(4));
  const actual = hashDataset(header, leaves);
  if (actual !== dataset)
    throw new ProtocolError("HASH_MISMATCH", { what: "preamble", expected: dataset, actual });
  const own = wraps.find((wrap) => wrap.sealingKey === member.sealingKey);
  if (!own) throw new ProtocolError("NOT_FOUND", { what: "own key wrap of", name: dataset });
  const headerHash = hashHeader(encodeHeader(header));
  const dataKey = new Secret(
    ctx
      .keys()
      .sealingKey.use((key) => unwrapSecret(key, fromHex(own.wrap), headerHash, "own key wrap")),
  );
  const readers = workers.map((worker) => worker.keys.sealingKey);
  const parcel = {
    dataset,
    preamble: { header, leaves, wraps: wrapKey(ctx, { dataset, header, dataKey }, readers) },
    ciphertext: ciphertext ?? new Blob([]),
  };
  dataKey.wipe();
  const endpoints = workers.map((worker) => worker.endpoint);
  const deliveries = await deliver(ctx, endpoints, parcel);
  expectHolders(deliveries, known.committee.threshold);
  return deliveries;
}
