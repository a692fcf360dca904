/** Mailboxes of other workers are asked over real sockets, and answered by whatever stands there. */
import { createServer, type RequestListener, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { Hex } from "../../../protocol/bytes.ts";
import { fetchMailbox } from "../../../worker/host/peers.ts";

const task: Hex = `0x${"17".repeat(32)}`;
const signed = { by: 1, signature: `0x${"ab".repeat(65)}` };
let server: Server;
afterEach(() => server.close());

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const fetchFrom = (endpoint: string, signal = new AbortController().signal) =>
  fetchMailbox(endpoint, task, signal);
const answering = (body: unknown, status = 200) =>
  serve((_, response) => response.writeHead(status).end(JSON.stringify(body)));

describe("another worker's mailbox", () => {
  it("is read from its endpoint, with a path of its own or without", async () => {
    const box = { consents: [signed], readies: [] };
    const paths: string[] = [];
    const endpoint = await serve((request, response) => {
      paths.push(request.url ?? "");
      response.end(JSON.stringify(box));
    });
    expect(await fetchFrom(endpoint)).toEqual(box);
    expect(await fetchFrom(`${endpoint}/worker/`)).toEqual(box);
    expect(paths).toEqual([`/v1/tasks/${task}/consents`, `/worker/v1/tasks/${task}/consents`]);
  });

  it.each([
    ["is no mailbox", { consents: [{ by: "1" }], readies: [] }, 200, "SHAPE_INVALID"],
    ["is too long", "x".repeat(70_000), 200, "WORKER_UNREACHABLE"],
    ["is a refusal", { code: "NOT_FOUND" }, 404, "WORKER_UNREACHABLE"],
  ])("that %s is refused", async (_, body, status, code) => {
    await expect(fetchFrom(await answering(body, status))).rejects.toMatchObject({ code });
  });

  it("that is no JSON is refused", async () => {
    const endpoint = await serve((_, response) => response.end("<html>"));
    await expect(fetchFrom(endpoint)).rejects.toMatchObject({ code: "SHAPE_INVALID" });
  });

  it("cannot send us elsewhere", async () => {
    let visits = 0;
    const endpoint = await serve((request, response) => {
      visits += 1;
      if (request.url === "/secret") response.end(JSON.stringify({ consents: [], readies: [] }));
      else response.writeHead(302, { location: "/secret" }).end();
    });
    await expect(fetchFrom(endpoint)).rejects.toMatchObject({ code: "WORKER_UNREACHABLE" });
    expect(visits).toBe(1);
    for (const other of ["file:///etc/passwd", "nonsense"])
      await expect(fetchFrom(other)).rejects.toMatchObject({ code: "WORKER_UNREACHABLE" });
  });

  it("is not waited for when the worker closes", async () => {
    const endpoint = await serve(() => undefined);
    const closing = new AbortController();
    const asked = fetchFrom(endpoint, closing.signal);
    closing.abort();
    await expect(asked).rejects.toMatchObject({ code: "WORKER_UNREACHABLE" });
    server.closeAllConnections();
  });
});
