/**
 * Writing: the changes of one task become a new tree that shares every node they do not touch with the old one. Nodes on the way to
 * a changed key are written anew, split when they are too long, and joined with a neighbour when they are too short. The shape
 * follows from the history alone, so that every worker makes the same nodes.
 * @module
 */
import { utf8, ZERO_HASH, type Hex } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import {
  encodeNode,
  MOST_ENTRIES,
  MOST_INLINE,
  type Entry,
  type Kept,
  type StateNode,
} from "../../../protocol/state/node.ts";
import type { SealedNode } from "../../../protocol/state/seal.ts";
import { compareUtf8 } from "../../../programs/kernels/labels.ts";
import type { StateNodes } from "./nodes.ts";
import { childOf } from "./tree.ts";

/** A shorter node is joined with a neighbour. */
const FEWEST = MOST_ENTRIES / 4;

/** A key and its new canonical JSON, or nothing when it is deleted. */
export interface Change {
  readonly key: string;
  readonly text: string | undefined;
}

/** A tree after a task, and what of it is new. */
export interface Rewritten {
  /** Zero for an empty tree. */
  readonly root: Hex;
  /** Not in the tree before. */
  readonly written: readonly SealedNode[];
  /** Not in the tree any more. */
  readonly dropped: readonly Hex[];
}

/** A node that is not written yet; of any length while it is worked on. */
type Draft =
  | { readonly kind: "leaf"; readonly items: readonly Entry[] }
  | { readonly kind: "branch"; readonly items: readonly Part[] };
/** A child with the first key that may be below it: as it was, or a draft. */
type Part = { readonly key: string } & ({ readonly id: Hex } | { readonly draft: Draft });

/**
 * @param changes ascending by key, each key once
 * @param sealDigest of the task that makes them
 * @throws ProtocolError CANNOT_OPEN
 */
export async function rewrite(
  nodes: StateNodes,
  root: Hex,
  changes: readonly Change[],
  sealDigest: Hex,
): Promise<Rewritten> {
  if (changes.length === 0) return { root, written: [], dropped: [] };
  return new Rewriting(nodes, sealDigest).run(root, changes);
}

class Rewriting {
  readonly #nodes: StateNodes;
  readonly #sealDigest: Hex;
  readonly #written: SealedNode[] = [];
  readonly #dropped: Hex[] = [];

  constructor(nodes: StateNodes, sealDigest: Hex) {
    this.#nodes = nodes;
    this.#sealDigest = sealDigest;
  }

  async run(root: Hex, changes: readonly Change[]): Promise<Rewritten> {
    const draft: Draft =
      root === ZERO_HASH
        ? { kind: "leaf", items: await this.#merge([], changes) }
        : await this.#change({ key: "", id: root }, changes);
    let parts = split({ key: "", draft });
    while (parts.length > 1) parts = split({ key: "", draft: { kind: "branch", items: parts } });
    const id = await this.#seal(lowest(parts[0]));
    return { root: id, written: this.#written, dropped: this.#dropped };
  }

  /** A node with the changes below it. */
  async #change(part: Part, changes: readonly Change[]): Promise<Draft> {
    const draft = await this.#open(part);
    if (draft.kind === "leaf")
      return { kind: "leaf", items: await this.#merge(draft.items, changes) };
    const items: Part[] = [];
    const below = Map.groupBy(changes, ({ key }) => childOf(keysOf(draft.items), key));
    for (const [i, child] of draft.items.entries()) {
      const own = below.get(i);
      items.push(own ? { key: child.key, draft: await this.#change(child, own) } : child);
    }
    return { kind: "branch", items: await this.#balance(items) };
  }

  /** A node to be written anew: what it was is not in the tree any more. */
  async #open(part: Part): Promise<Draft> {
    if ("draft" in part) return part.draft;
    const node = await this.#nodes.read(part.id);
    this.#dropped.push(part.id);
    if (node.kind === "leaf") return { kind: "leaf", items: node.entries };
    if (node.kind === "value")
      throw new ProtocolError("STATE_MALFORMED", { what: "a value in the tree" });
    const [first, ...rest] = node.children as [Part, ...Part[]];
    return { kind: "branch", items: [{ ...first, key: part.key }, ...rest] };
  }

  async #merge(entries: readonly Entry[], changes: readonly Change[]): Promise<Entry[]> {
    const merged = new Map(entries.map((entry) => [entry.key, entry.kept]));
    for (const { key, text } of changes) {
      const before = merged.get(key);
      if (before && "id" in before) this.#dropped.push(before.id);
      if (text === undefined) merged.delete(key);
      else merged.set(key, await this.#keep(key, text));
    }
    return [...merged]
      .map(([key, kept]) => ({ key, kept }))
      .toSorted((a, b) => compareUtf8(a.key, b.key));
  }

  async #keep(key: string, text: string): Promise<Kept> {
    const size = utf8(text).length;
    return size <= MOST_INLINE
      ? { text }
      : { id: await this.#write({ kind: "value", key, text }), size };
  }

  /** Children without empty ones, none too short beside others, none too long. */
  async #balance(children: readonly Part[]): Promise<Part[]> {
    const list = children.filter((part) => !("draft" in part) || part.draft.items.length > 0);
    for (let i = 0; i < list.length && list.length > 1;) {
      const part = list[i] as Part;
      if (!("draft" in part) || part.draft.items.length >= FEWEST) {
        i += 1;
        continue;
      }
      const left = Math.max(0, i - 1);
      const [a, b] = [list[left] as Part, list[left + 1] as Part];
      const draft = await this.#join(await this.#open(a), await this.#open(b));
      list.splice(left, 2, { key: a.key, draft });
      i = left;
    }
    return list.flatMap(split);
  }

  async #join(a: Draft, b: Draft): Promise<Draft> {
    if (a.kind === "leaf" && b.kind === "leaf")
      return { kind: "leaf", items: [...a.items, ...b.items] };
    // Children that had no neighbour before may be too short beside their new ones.
    if (a.kind === "branch" && b.kind === "branch")
      return { kind: "branch", items: await this.#balance([...a.items, ...b.items]) };
    throw new ProtocolError("STATE_MALFORMED", { what: "leaves of different depth" });
  }

  /** Seals a draft and the drafts below it. @returns zero for an empty tree */
  async #seal(part: Part | undefined): Promise<Hex> {
    if (!part) return ZERO_HASH;
    if ("id" in part) return part.id;
    const { draft } = part;
    if (draft.items.length === 0) return ZERO_HASH;
    if (draft.kind === "leaf") return this.#write({ kind: "leaf", entries: draft.items });
    const children: { key: string; id: Hex }[] = [];
    for (const [i, child] of draft.items.entries())
      children.push({ key: i === 0 ? "" : child.key, id: await this.#seal(child) });
    return this.#write({ kind: "branch", children });
  }

  async #write(node: StateNode): Promise<Hex> {
    const sealed = await this.#nodes.sealer.seal(encodeNode(node, this.#sealDigest));
    this.#written.push(sealed);
    return sealed.id;
  }
}

/** For {@link childOf}, which looks at keys only. */
const keysOf = (parts: readonly Part[]) => parts as readonly (Part & { id: Hex })[];

/** Cuts a draft that is too long into pieces of equal length. */
function split(part: Part): Part[] {
  if (!("draft" in part)) return [part];
  const { kind, items } = part.draft;
  const pieces = Math.max(1, Math.ceil(items.length / MOST_ENTRIES));
  return Array.from({ length: pieces }, (_, i) => {
    const [from, to] = [i, i + 1].map((n) => Math.floor((n * items.length) / pieces));
    const own = items.slice(from, to);
    const key = i === 0 ? part.key : (own[0] as { key: string }).key;
    return { key, draft: { kind, items: own } as Draft };
  });
}

/** A branch with one child is no node: the tree begins below it. */
function lowest(part: Part | undefined): Part | undefined {
  let top = part;
  while (top && "draft" in top && top.draft.kind === "branch" && top.draft.items.length <= 1)
    top = top.draft.items[0];
  return top;
}
