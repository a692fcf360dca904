/**
 * FAKE: a public node of the picky kind, in front of a real one. It refuses what spans too many blocks, counts requests, drops
 * connections and can be of another chain; everything else the real node answers.
 */
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** How a node says no: a JSON-RPC error, with the status of the HTTP answer that carries it. */
export interface Refusal {
  readonly code: number;
  readonly message: string;
  readonly status?: number;
  /** Gateways leave out the number of the question. */
  readonly anonymous?: boolean;
}

/** What real nodes answer to a range that is too wide. */
export const tooWide: readonly Refusal[] = [
  { code: -32005, message: "query returned more than 10000 results" },
  { code: -32602, message: "range 1000000 exceeds limit of 10000" },
  { code: -32614, message: "eth_getLogs is limited to a 10,000 range", status: 413 },
  { code: -32000, message: "exceed maximum block range: 5000" },
  { code: -32005, message: "limit exceeded", anonymous: true },
  { code: 35, message: "ranges over 10000 blocks are not supported on freetier", status: 400 },
];

export interface PickyNode {
  readonly url: string;
  /** Blocks one `eth_getLogs` may span. */
  maxRange: number;
  refusal: Refusal;
  /** Answers that break off before they come, from now on. */
  dropNext: number;
  /** Refusals of the next requests, whatever they ask. */
  throttleNext: number;
  chainId: string | undefined;
  /** Methods asked for, in order. */
  readonly asked: string[];
  /** Blocks spanned by each `eth_getLogs` it answered. */
  readonly spans: number[];
  close(): Promise<void>;
}

interface Call {
  readonly id: number;
  readonly method: string;
  readonly params: { fromBlock?: string; toBlock?: string }[];
}

/** @param target URL of the real node, asked for at each request: it may not be there yet */
export async function startPickyNode(target: () => string): Promise<PickyNode> {
  const server = createServer((request, response) => {
    void text(request).then((body) => answer(JSON.parse(body) as Call, body, response));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const node: PickyNode = {
    url: `http://127.0.0.1:${port}`,
    maxRange: Infinity,
    refusal: tooWide[0]!,
    dropNext: 0,
    throttleNext: 0,
    chainId: undefined,
    asked: [],
    spans: [],
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };

  const forward = async (body: string): Promise<string> => {
    const headers = { "content-type": "application/json" };
    return (await fetch(target(), { method: "POST", headers, body })).text();
  };
  const blockOf = async (tag: string): Promise<number> => {
    if (tag !== "latest") return Number(tag);
    const call = { jsonrpc: "2.0", id: 1, method: "eth_blockNumber", params: [] };
    return Number((JSON.parse(await forward(JSON.stringify(call))) as { result: string }).result);
  };

  async function answer(call: Call, body: string, response: ServerResponse): Promise<void> {
    const refuse = ({ code, message, status = 200, anonymous }: Refusal) => {
      const id = anonymous ? null : call.id;
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify({ jsonrpc: "2.0", id, error: { code, message } }));
    };
    node.asked.push(call.method);
    if (node.dropNext > 0) {
      node.dropNext -= 1;
      response.destroy();
      return;
    }
    if (node.throttleNext > 0) {
      node.throttleNext -= 1;
      refuse({ code: -32005, message: "daily request count exceeded, request rate limited" });
      return;
    }
    if (call.method === "eth_chainId" && node.chainId !== undefined) {
      response.end(JSON.stringify({ jsonrpc: "2.0", id: call.id, result: node.chainId }));
      return;
    }
    if (call.method === "eth_getLogs") {
      const { fromBlock = "latest", toBlock = "latest" } = call.params[0] ?? {};
      const span = (await blockOf(toBlock)) - (await blockOf(fromBlock)) + 1;
      if (span > node.maxRange) return refuse(node.refusal);
      node.spans.push(span);
    }
    response.writeHead(200, { "content-type": "application/json" }).end(await forward(body));
  }

  return node;
}
