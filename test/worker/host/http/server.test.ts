/** The HTTP surface by itself: the ports are plain functions, the requests go through Fastify's own `inject` or a socket. */
import { once } from "node:events";
import { Agent, request } from "node:http";
import { connect, type AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import type { Hex } from "../../../../protocol/bytes.ts";
import { ProtocolError, failures } from "../../../../protocol/errors.ts";
import { parseConfig } from "../../../../worker/config.ts";
import { buildServer, splitListen, type ServerPorts } from "../../../../worker/host/http/server.ts";
import { createLog } from "../../../../worker/host/log.ts";

const hash: Hex = `0x${"17".repeat(32)}`;
const { limits } = parseConfig(
  {
    rpc: "http://x",
    chainId: 1,
    contracts: `0x${"11".repeat(20)}`,
    tee: "simulated",
    endpoint: "http://x",
    passwordFile: "x",
    limits: { bodyBytes: 2000, requestsPerMinute: 30 },
  },
  "worker.json",
);

let app: FastifyInstance;
let received: { dataset: Hex; from: number; bytes: number }[];
afterEach(() => app.close());

const unused = (): never => {
  throw new TypeError("not part of this test");
};
async function serve(ports: Partial<ServerPorts> = {}): Promise<FastifyInstance> {
  received = [];
  app = await buildServer(
    { limits, listen: "127.0.0.1:0", version: "1.2.3" },
    {
      log: createLog("silent"),
      inbox: {
        receive: async (dataset, from, source) => {
          let bytes = 0;
          for await (const part of source) bytes += part.length;
          received.push({ dataset, from, bytes });
          return { dataset, held: 1, of: from === 9 ? 2 : 1, complete: from !== 9 };
        },
        status: (dataset) => ({ dataset, held: 0, of: 3, complete: false }),
      },
      eraser: { status: unused },
      copy: unused,
      programs: { accept: () => undefined, bundle: unused },
      mailboxes: { addConsent: () => undefined, of: () => ({ consents: [], readies: [] }) },
      states: { record: unused, page: unused, node: unused },
      result: () => Promise.resolve(Uint8Array.of(1, 2, 3)),
      receipt: unused,
      attestation: unused,
      status: unused,
      health: () => ({ ok: true, rpc: true, synced: true, enclave: true }),
      metrics: () => Promise.resolve("x 1\n"),
      onResponse: () => undefined,
      ...ports,
    },
  );
  return app;
}
const put = (url: string, payload: Buffer | string = "", type = "application/octet-stream") =>
  app.inject({ method: "PUT", url, payload, headers: { "content-type": type } });

describe("an upload", () => {
  it("streams to the inbox, and says how far it got", async () => {
    await serve();
    const done = await put(`/v1/datasets/${hash}?from=0`, Buffer.alloc(50));
    expect([done.statusCode, done.json()]).toMatchObject([200, { complete: true }]);
    const part = await put(`/v1/datasets/${hash}?from=9`, Buffer.alloc(50));
    expect([part.statusCode, part.json()]).toMatchObject([202, { complete: false }]);
    expect(received).toEqual([0, 9].map((from) => ({ dataset: hash, from, bytes: 50 })));
  });

  it("may be larger than any body that is kept in memory", async () => {
    await serve();
    await put(`/v1/datasets/${hash}`, Buffer.alloc(30 * limits.bodyBytes));
    expect(received[0]?.bytes).toBe(30 * limits.bodyBytes);
  });

  it("of a client that vanishes ends in the inbox, and the server goes on", async () => {
    let ended: unknown;
    await serve({
      inbox: {
        receive: async (dataset, _from, source) => {
          try {
            for await (const _ of source);
          } catch (error) {
            ended = error;
            throw error;
          }
          return { dataset, held: 0, of: 1, complete: false };
        },
        status: unused,
      },
    });
    await app.listen({ port: 0, host: "127.0.0.1" });
    const { port } = app.server.address() as AddressInfo;
    const socket = connect(port, "127.0.0.1");
    socket.write(
      `PUT /v1/datasets/${hash} HTTP/1.1\r\nhost: x\r\ncontent-type: application/octet-stream\r\ncontent-length: 1000\r\n\r\n0123456789`,
    );
    await once(socket, "connect");
    setTimeout(() => socket.destroy(), 50);
    await expect.poll(() => ended).toBeInstanceOf(Error);
    expect((await app.inject("/healthz")).statusCode).toBe(200);
  });

  it("that is refused at once is read to its end: its connection serves the next request", async () => {
    await serve({
      inbox: {
        receive: async (dataset, _from, source) => {
          await source[Symbol.asyncIterator]().next();
          throw new ProtocolError("NOT_COMMITTED", { hash: dataset });
        },
        status: (dataset) => ({ dataset, held: 0, of: 1, complete: false }),
      },
    });
    await app.listen({ port: 0, host: "127.0.0.1" });
    const { port } = app.server.address() as AddressInfo;
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const send = (method: string, body: Buffer) =>
      new Promise<number | undefined>((resolve, reject) => {
        const headers = { "content-type": "application/octet-stream" };
        const options = { agent, port, method, headers, path: `/v1/datasets/${hash}` };
        const sent = request(options, (response) => {
          response.resume().on("end", () => resolve(response.statusCode));
        });
        sent.on("error", reject).end(body);
      });
    for (const size of [100, 100_000, 20_000_000]) {
      expect(await send("PUT", Buffer.alloc(size))).toBe(404);
      expect(await send("GET", Buffer.alloc(0))).toBe(200);
    }
    // One connection did it all.
    const connections = await new Promise((resolve) =>
      app.server.getConnections((_, count) => resolve(count)),
    );
    expect(connections).toBe(1);
    agent.destroy();
  });

  it("of a text is not for the inbox", async () => {
    await serve();
    expect((await put(`/v1/datasets/${hash}`, "{}", "application/xml")).statusCode).toBe(422);
    expect(received).toEqual([]);
  });
});

describe("a request that is not what it should be", () => {
  it.each([
    ["a short hash", `/v1/datasets/0x17`, 422, "SHAPE_INVALID"],
    ["a hash in capitals", `/v1/datasets/0x${"AB".repeat(32)}`, 422, "SHAPE_INVALID"],
    ["a member that no contract has", `/v1/results/${hash}/32`, 422, "SHAPE_INVALID"],
    ["a route that is none", "/v1/nothing", 404, "NOT_FOUND"],
    ["another method", `/v1/tasks/${hash}`, 404, "NOT_FOUND"],
  ])("%s is refused", async (_, url, status, code) => {
    await serve();
    const response = await app.inject(url);
    expect([response.statusCode, response.json()]).toMatchObject([status, { code }]);
  });

  it.each(["-1", "1.5", "x", "00", "99999999", "1&from=2"])("from=%s is refused", async (from) => {
    await serve();
    const response = await put(`/v1/datasets/${hash}?from=${from}`);
    expect([response.statusCode, response.json()]).toMatchObject([422, { code: "SHAPE_INVALID" }]);
    expect(received).toEqual([]);
  });

  it("is never converted into one: a number as text is no number", async () => {
    await serve();
    const post = (member: unknown) =>
      app.inject({
        method: "POST",
        url: `/v1/tasks/${hash}/consents`,
        payload: { task: hash, member, signature: `0x${"ab".repeat(65)}` },
      });
    expect((await post(3)).statusCode).toBe(204);
    for (const member of ["3", 3.5, null, -1, true])
      expect((await post(member)).statusCode).toBe(422);
  });

  it("with a body that is too long, no JSON, or too much", async () => {
    await serve();
    const url = `/v1/programs/${hash}`;
    const long = await put(url, `{"module":"${"A".repeat(3000)}"}`, "application/json");
    expect([long.statusCode, long.json()]).toMatchObject([413, { code: "LIMIT_EXCEEDED" }]);
    expect((await put(url, "{", "application/json")).statusCode).toBe(422);
    const more = JSON.stringify({ module: "", manifest: "{}", more: 1 });
    expect((await put(url, more, "application/json")).json()).toMatchObject({
      code: "SHAPE_INVALID",
    });
  });

  it("about one task does not carry a consent to another", async () => {
    await serve();
    const payload = { task: hash, member: 0, signature: `0x${"ab".repeat(65)}` };
    const url = `/v1/tasks/0x${"18".repeat(32)}/consents`;
    const response = await app.inject({ method: "POST", url, payload });
    expect(response.json()).toMatchObject({ code: "HASH_MISMATCH" });
  });
});

describe("a refusal", () => {
  it.each([
    [new ProtocolError("NOT_A_RECIPIENT", { task: hash, member: 2 })],
    [new ProtocolError("NOT_FINAL", { task: hash, state: "sealed" })],
    [new ProtocolError("NOT_COMMITTED", { hash })],
    [new ProtocolError("QUOTA", { limit: 5, what: "bytes" })],
  ])("has the status, code and facts of the table", async (refusal) => {
    await serve({ result: () => Promise.reject(refusal) });
    const response = await app.inject(`/v1/results/${hash}/0`);
    expect(response.statusCode).toBe(failures[refusal.code].http);
    expect(response.json()).toEqual({
      code: refusal.code,
      message: failures[refusal.code].say(refusal.facts as never),
      facts: refusal.facts,
    });
  });

  it("of anything else says nothing but that it happened", async () => {
    await serve({ result: () => Promise.reject(new TypeError("row 7: 51.5, -0.12")) });
    const response = await app.inject(`/v1/results/${hash}/0`);
    expect(response.statusCode).toBe(500);
    expect(response.json()).toMatchObject({ code: "INTERNAL" });
    expect(response.body).not.toContain("51.5");
  });

  it("meets who asks too often, but not who asks for the worker's health", async () => {
    await serve();
    const ask = () => app.inject(`/v1/datasets/${hash}`);
    const codes: number[] = [];
    for (let i = 0; i < limits.requestsPerMinute + 2; i++) codes.push((await ask()).statusCode);
    expect(codes.filter((code) => code === 200)).toHaveLength(limits.requestsPerMinute);
    expect((await ask()).json()).toMatchObject({ code: "RATE_LIMITED", facts: { perMinute: 30 } });
    expect((await app.inject("/healthz")).statusCode).toBe(200);
  });
});

describe("an erasure", () => {
  const path = `/v1/datasets/${hash}/erasure`;
  const status = { dataset: hash, state: "pending" as const, pins: [] };

  it("is asked for by contract and member, which are text that is never converted", async () => {
    const asked: object[] = [];
    await serve({ eraser: { status: (name) => (asked.push(name), status) } });
    const answer = await app.inject(`${path}?terms=${hash}&member=31`);
    expect([answer.statusCode, answer.json()]).toEqual([200, status]);
    expect(asked).toEqual([{ terms: hash, member: 31, dataset: hash }]);
    for (const query of ["", `?terms=${hash}`, `?terms=${hash}&member=32`, "?terms=0x1&member=0"])
      expect((await app.inject(`${path}${query}`)).json()).toMatchObject({ code: "SHAPE_INVALID" });
    expect(asked).toHaveLength(1);
  });

  it("that is not this worker's to do is refused with its code", async () => {
    const refusal = new ProtocolError("NOT_IN_COMMITTEE", { signer: "0x1" });
    await serve({
      eraser: {
        status: () => {
          throw refusal;
        },
      },
    });
    const answer = await app.inject(`${path}?terms=${hash}&member=0`);
    expect([answer.statusCode, answer.json()]).toMatchObject([409, { code: "NOT_IN_COMMITTEE" }]);
  });
});

describe("the worker's own pages", () => {
  it("say that it is not well by status", async () => {
    await serve({ health: () => ({ ok: false, rpc: false, synced: true, enclave: true }) });
    const response = await app.inject("/healthz");
    expect([response.statusCode, response.json()]).toMatchObject([503, { rpc: false }]);
  });

  it("describe every route", async () => {
    await serve();
    const { info, paths } = (await app.inject("/openapi.json")).json() as {
      info: { version: string };
      paths: Record<string, Record<string, { responses: object }>>;
    };
    expect(info.version).toBe("1.2.3");
    expect(Object.keys(paths)).toEqual([
      "/v1/datasets/{hash}",
      "/v1/datasets/{hash}/chunks",
      "/v1/datasets/{hash}/erasure",
      "/v1/programs/{hash}",
      "/v1/tasks/{task}/consents",
      "/v1/results/{task}/{party}",
      "/v1/receipts/{task}",
      "/v1/states/{root}",
      "/v1/states/{root}/nodes",
      "/v1/states/{root}/nodes/{id}",
      "/v1/attestation",
      "/v1/status",
      "/healthz",
      "/metrics",
    ]);
    expect(Object.keys(paths["/v1/datasets/{hash}"]?.["put"]?.responses ?? {})).toEqual([
      "200",
      "202",
      "4XX",
      "5XX",
    ]);
  });

  it("give results as bytes", async () => {
    await serve();
    const response = await app.inject(`/v1/results/${hash}/0x${"ab".repeat(20)}`);
    expect([...response.rawPayload]).toEqual([1, 2, 3]);
    expect(response.headers["content-type"]).toBe("application/octet-stream");
  });
});

it.each([
  ["127.0.0.1:80", { host: "127.0.0.1", port: 80 }],
  ["[::1]:8700", { host: "::1", port: 8700 }],
])("listens at %s", async (text, expected) => {
  await serve();
  expect(splitListen(text)).toEqual(expected);
});
