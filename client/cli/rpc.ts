/** Whether a node answers, and for which chain: asked once before anything else, so that the rest may assume it. @module */
import { Type } from "typebox";
import { Value } from "typebox/value";
import { ProtocolError } from "../../protocol/errors.ts";
import { sleep } from "../sdk/wait.ts";

const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 250;
const ANSWER_MS = 10_000;
const Reply = Type.Object({ result: Type.String({ pattern: "^0x[0-9a-fA-F]{1,16}$" }) });

/** Chain id by the node's own word. @throws ProtocolError RPC_UNREACHABLE after four attempts within some seconds */
export async function chainIdAt(url: string): Promise<number> {
  let cause: unknown;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    try {
      return await askChainId(url);
    } catch (error) {
      cause = error;
    }
  }
  throw new ProtocolError("RPC_UNREACHABLE", { url: withoutSecrets(url) }, { cause });
}

async function askChainId(url: string): Promise<number> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] }),
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  const reply: unknown = await response.json();
  if (!Value.Check(Reply, reply)) throw new TypeError("not an answer to eth_chainId");
  return Number(reply.result);
}

/** Providers put keys into user names, paths and queries; host and port are enough to know which node is meant. */
function withoutSecrets(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : "the URL of --rpc";
}
