/**
 * Uploads to workers. A worker keeps every whole chunk that arrived, so an upload that broke goes on where it stopped, also
 * after the worker was killed in between.
 * @module
 */
import { DatasetStatus } from "../../protocol/api.ts";
import type { Hex } from "../../protocol/bytes.ts";
import { CHUNK_SIZE, TAG_SIZE } from "../../protocol/envelope/header.ts";
import { encodePreamble, type Preamble } from "../../protocol/envelope/package.ts";
import { hasCode, ProtocolError } from "../../protocol/errors.ts";
import type { Context } from "./context.ts";
import { requestJson } from "./http.ts";
import { sleep } from "./wait.ts";

/** Seconds without a new chunk after which an upload is given up. */
const PATIENCE_SECONDS = 60;
/** A worker some blocks behind, also behind a change of committee, one that restarts, one that another upload reached first. */
const passing = ["NOT_COMMITTED", "NOT_IN_COMMITTEE", "WORKER_UNREACHABLE", "UPLOAD_OUT_OF_ORDER"];

const SEALED_CHUNK = CHUNK_SIZE + TAG_SIZE;
/** Chunks (1 MiB) of one request: progress is seen, and browsers, which cannot stream a body, hold little. */
const PIECE_CHUNKS = 32;

/** What one worker came to hold, or why it does not. */
export interface Delivery {
  readonly endpoint: string;
  readonly complete: boolean;
  /** Why not, when not. */
  readonly fault?: ProtocolError;
}

/** A sealed payload, ready to travel. */
export interface Parcel {
  readonly dataset: Hex;
  readonly preamble: Preamble;
  /** Ciphertext chunks, one after the other; empty: a worker that lacks them fetches them from the others by itself. */
  readonly ciphertext: Blob;
}

/** How far a worker's copy is; nothing held when the worker never heard of it. */
export async function heldBy(ctx: Context, endpoint: string, dataset: Hex): Promise<DatasetStatus> {
  try {
    return await requestJson(ctx, endpoint, `/v1/datasets/${dataset}`, DatasetStatus);
  } catch (error) {
    if (!hasCode(error, "NOT_COMMITTED")) throw error;
    return { dataset, held: 0, of: 0, complete: false };
  }
}

/**
 * Uploads to one worker until it holds everything.
 * @param gate awaited before each piece, for whoever pauses the upload
 * @throws ProtocolError the last refusal, when nothing moved for a minute or the worker will never take it
 */
export async function uploadTo(
  ctx: Context,
  endpoint: string,
  parcel: Parcel,
  onHeld: (chunks: number) => void = () => undefined,
  gate: () => Promise<void> = async () => undefined,
): Promise<void> {
  const { dataset, preamble, ciphertext } = parcel;
  const head = new Blob([encodePreamble(preamble) as Uint8Array<ArrayBuffer>]);
  let best = -1;
  let giveUpAt = Infinity;
  let announced = false;
  for (;;) {
    await gate();
    try {
      const { held } = await heldBy(ctx, endpoint, dataset);
      if (held > best) [best, giveUpAt] = [held, Date.now() + 1000 * PATIENCE_SECONDS];
      onHeld(held);
      // Also when all chunks are held: the wraps in the preamble may be new.
      const piece = ciphertext.slice(SEALED_CHUNK * held, SEALED_CHUNK * (held + PIECE_CHUNKS));
      if (piece.size === 0 && held < preamble.leaves.length && announced) {
        if (Date.now() > giveUpAt)
          throw new ProtocolError("NOT_FOUND", { what: "ciphertext of dataset", name: dataset });
        await sleep(ctx.pollMs);
        continue;
      }
      const status = await requestJson(
        ctx,
        endpoint,
        `/v1/datasets/${dataset}?from=${held}`,
        DatasetStatus,
        { method: "PUT", bytes: new Blob([head, piece]) },
      );
      announced = true;
      onHeld(status.held);
      if (status.complete) return;
      if (status.held > held) continue;
    } catch (error) {
      const again = error instanceof ProtocolError && passing.includes(error.code);
      if (!again) throw error;
      if (giveUpAt === Infinity) giveUpAt = Date.now() + 1000 * PATIENCE_SECONDS;
      if (Date.now() > giveUpAt) throw error;
    }
    await sleep(ctx.pollMs);
  }
}

/** Uploads to all of these workers at once; one that fails does not stop the others. */
export function deliver(
  ctx: Context,
  endpoints: readonly string[],
  parcel: Parcel,
  onHeld?: (chunks: number) => void,
  gate?: () => Promise<void>,
): Promise<Delivery[]> {
  return Promise.all(
    endpoints.map(async (endpoint) => {
      try {
        await uploadTo(ctx, endpoint, parcel, onHeld, gate);
        return { endpoint, complete: true };
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        return { endpoint, complete: false, fault: error };
      }
    }),
  );
}

/** @throws ProtocolError the first worker's fault, when fewer than `need` hold everything */
export function expectHolders(deliveries: readonly Delivery[], need: number): void {
  const have = deliveries.filter((delivery) => delivery.complete).length;
  if (have >= need) return;
  throw (
    deliveries.find((delivery) => delivery.fault)?.fault ??
    new ProtocolError("QUORUM_MISSING", { have, need })
  );
}
