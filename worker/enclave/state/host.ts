/** The host, as the state sees it: nodes come from there and go there. @module */
import { concat } from "../../../protocol/bytes.ts";
import type { SealedNode } from "../../../protocol/state/seal.ts";
import type { AskHost } from "../pipe.ts";
import type { StateHost } from "./nodes.ts";

/** Nodes brought in one frame. */
const BATCH = 1000;

export const nodesOf = (ask: AskHost): StateHost => ({
  node: async (id, tries) => {
    const { json, attachment } = await ask("node", { id, tries });
    return json.held ? attachment : undefined;
  },
});

/** Gives new nodes to the host; who asks for them later checks that they are the same. */
export async function keepNodes(ask: AskHost, written: readonly SealedNode[]): Promise<void> {
  for (let from = 0; from < written.length; from += BATCH) {
    const batch = written.slice(from, from + BATCH);
    const nodes = batch.map(({ id, bytes }) => ({ id, size: bytes.length }));
    await ask("keep", { nodes }, concat(...batch.map(({ bytes }) => bytes)));
  }
}
