/** Makes the file with which a task can be audited without a node. @module */
import type { Hex } from "../../../protocol/bytes.ts";
import type { ChainEvent } from "../../../protocol/events.ts";
import { anchorsOf } from "../../../protocol/proof/header.ts";
import { chainFactsFromProofs } from "../../../protocol/proof/facts.ts";
import { MAX_HEADERS, type ProvenReceipt } from "../../../protocol/proof/proven.ts";
import type { Receipt } from "../../../protocol/receipt.ts";
import type { Context } from "../context.ts";
import { fetchHeader } from "./header.ts";
import { neededEvents } from "./needed.ts";
import { blockReceipts } from "./receipts.ts";
import { ask, toTag, type Answer } from "./rpc.ts";

export interface ProveOptions {
  /** Headers the file may hold; blocks further apart need a trusted hash each. Default {@link MAX_HEADERS}. */
  readonly maxHeaders?: number;
  readonly onProgress?: (done: number, of: number) => void;
}

/** A block whose hash an auditor must compare with a source it believes. */
export interface Anchor {
  readonly block: number;
  readonly hash: Hex;
}

export interface Proven {
  readonly proven: ProvenReceipt;
  /** Who trusts the hashes of these blocks trusts all that the file proves; the last is the newest. */
  readonly anchors: readonly Anchor[];
}

/** Requests to the node at one time. */
const AT_ONCE = 16;

/**
 * Proves every event that a receipt is made of.
 * @param story all events of the task, see `storyOf`
 * @throws ProtocolError PROOF_UNAVAILABLE when the node's answers make no proof; RECEIPT_UNPROVEN when it answers by halves
 */
export async function prove(
  ctx: Context,
  taskId: Hex,
  story: readonly ChainEvent[],
  receipt: Receipt,
  options: ProveOptions = {},
): Promise<Proven> {
  const events = neededEvents(story, taskId);
  const blocks = [...new Set(events.map((event) => event.block))].toSorted((a, b) => a - b);
  const wanted = spanned(blocks, Math.min(options.maxHeaders ?? MAX_HEADERS, MAX_HEADERS));
  const headers: Hex[] = [];
  await inBatches(wanted, async (block, i) => {
    headers[i] = await fetchHeader(ctx, block);
    options.onProgress?.(i + 1, wanted.length);
  });
  const headerOf = new Map(wanted.map((block, i) => [block, headers[i] as Hex]));
  const transactions: ProvenReceipt["transactions"][number][] = [];
  await inBatches(blocks, async (block) => {
    const receipts = await blockReceipts(ctx, headerOf.get(block) as Hex);
    const own = events.filter((event) => event.block === block);
    for (const hash of new Set(own.map((event) => event.transactionHash))) {
      // A reorganisation between two answers is found by the check at the end.
      const index = receipts.indices.get(hash) ?? 0;
      transactions.push({ block, index, nodes: receipts.proofOf(index) });
    }
  });
  const { addresses } = await ctx.contracts();
  const { programRegistry, workerRegistry, taskManager } = addresses;
  const code = await provenCode(ctx, blocks.at(-1) as number);
  const emitters = { programRegistry, workerRegistry, taskManager };
  const proven: ProvenReceipt = {
    version: 1,
    receipt,
    emitters,
    ...(code && { code }),
    headers,
    transactions: transactions.toSorted((a, b) => a.block - b.block || a.index - b.index),
  };
  const anchors = anchorsOf(headers).map(({ number, hash }) => ({ block: number, hash }));
  // Nobody is given a file that proves nothing.
  const trusted = anchors.map(({ hash }) => hash);
  chainFactsFromProofs(proven, { deployment: ctx.deployment, blocks: trusted, emitters });
  return { proven, anchors };
}

/** These blocks, and those between them as long as there are not too many: the newest gaps first. */
function spanned(blocks: readonly number[], limit: number): number[] {
  let room = limit - blocks.length;
  const all = new Set(blocks);
  for (let i = blocks.length - 1; i > 0; i--) {
    const [from, to] = [(blocks[i - 1] as number) + 1, blocks[i] as number];
    if (to - from > room) continue;
    for (let block = from; block < to; block++) all.add(block);
    room -= to - from;
  }
  return [...all].toSorted((a, b) => a - b);
}

/** The code of SecretContracts at this block; undefined when the node proves no accounts (or not so old ones). */
async function provenCode(ctx: Context, block: number): Promise<ProvenReceipt["code"]> {
  const account = ctx.deployment.contracts;
  try {
    const [proof, code] = await Promise.all([
      ask(ctx, "eth_getProof", account, [], toTag(block)),
      ask(ctx, "eth_getCode", account, toTag(block)),
    ]);
    return { block, nodes: (proof as Answer)["accountProof"] as Hex[], code: code as Hex };
  } catch {
    return undefined;
  }
}

async function inBatches<T>(
  items: readonly T[],
  run: (item: T, index: number) => Promise<void>,
): Promise<void> {
  for (let i = 0; i < items.length; i += AT_ONCE)
    await Promise.all(items.slice(i, i + AT_ONCE).map((item, j) => run(item, i + j)));
}
