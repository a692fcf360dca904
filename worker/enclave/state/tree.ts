/** Reading a state's tree: each call opens the nodes on its way down and no others. @module */
import { ZERO_HASH, type Hex } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import type { Child, Kept } from "../../../protocol/state/node.ts";
import { compareUtf8 } from "../../../programs/kernels/labels.ts";
import type { StateNodes } from "./nodes.ts";

/** Index of the child below which a key is, when it is anywhere: the last that does not begin after it. */
export function childOf(children: readonly Child[], key: string): number {
  const after = children.findIndex((child, i) => i > 0 && compareUtf8(child.key, key) > 0);
  return after < 0 ? children.length - 1 : after - 1;
}

/**
 * Canonical JSON under a key.
 * @param root zero for an empty tree
 * @throws ProtocolError CANNOT_OPEN
 */
export async function find(nodes: StateNodes, root: Hex, key: string): Promise<string | undefined> {
  for (let id = root; id !== ZERO_HASH;) {
    const node = await nodes.read(id);
    if (node.kind === "branch") id = (node.children[childOf(node.children, key)] as Child).id;
    else if (node.kind === "leaf") {
      const entry = node.entries.find((one) => one.key === key);
      return entry && textOf(nodes, key, entry.kept);
    } else throw new ProtocolError("STATE_MALFORMED", { what: "a value in the tree" });
  }
  return undefined;
}

async function textOf(nodes: StateNodes, key: string, kept: Kept): Promise<string> {
  if ("text" in kept) return kept.text;
  const node = await nodes.read(kept.id);
  if (node.kind === "value" && node.key === key) return node.text;
  throw new ProtocolError("STATE_MALFORMED", { what: "another value" });
}

/** Keys from `start` on, ascending. @throws ProtocolError CANNOT_OPEN */
export async function* keysFrom(
  nodes: StateNodes,
  root: Hex,
  start: string,
): AsyncGenerator<string> {
  if (root === ZERO_HASH) return;
  const node = await nodes.read(root);
  if (node.kind === "branch")
    for (const { id } of node.children.slice(childOf(node.children, start)))
      yield* keysFrom(nodes, id, start);
  else if (node.kind === "leaf")
    for (const { key } of node.entries) if (compareUtf8(key, start) >= 0) yield key;
}
