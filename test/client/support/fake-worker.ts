/**
 * FAKE: a worker's HTTP interface without an enclave, whose keys the test holds. It stores what it is given, signs what the test
 * tells it to sign, and misbehaves on demand: what a real worker never does, and a client must survive.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { id } from "ethers";
import type { Mailbox, ProgramBundle } from "../../../protocol/api.ts";
import { fromHex, type Hex } from "../../../protocol/bytes.ts";
import { readPackage, type Preamble } from "../../../protocol/envelope/package.ts";
import { sealingKeyOf } from "../../../protocol/envelope/wrap.ts";
import type { CommitteeWorker, Signed } from "../../../protocol/schema.ts";
import { addressOf, signDigest } from "../../../protocol/typed-data.ts";

export const fakeMeasurement = id("a fake enclave") as Hex;

interface Held {
  preamble: Preamble;
  chunks: Uint8Array[];
}

export class FakeWorker {
  readonly signer: Uint8Array;
  readonly sealing: Uint8Array;
  readonly keys: CommitteeWorker;
  readonly datasets = new Map<string, Held>();
  readonly programs = new Map<string, ProgramBundle>();
  readonly mailboxes = new Map<string, Mailbox>();
  /** Answers of `/v1/results/:task/:party`, by "task/party". */
  readonly results = new Map<string, Uint8Array>();
  /** Answers of `/v1/datasets/:hash/erasure`, by dataset. */
  readonly erasures = new Map<string, unknown>();
  /** Every request, "METHOD path". */
  readonly log: string[] = [];
  /** The next upload breaks after this many chunks. */
  breakAfter = Infinity;
  /** Mailboxes refuse everything. */
  refuseConsents = false;
  attestation: unknown;
  readonly #server: Server;

  constructor(name: string) {
    this.signer = fromHex(id(`signer of ${name}`));
    this.sealing = fromHex(id(`sealing key of ${name}`));
    this.keys = {
      signer: addressOf(this.signer),
      sealingKey: sealingKeyOf(this.sealing),
      measurement: fakeMeasurement,
    };
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  async listen(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, "127.0.0.1", done));
    return this.endpoint;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  sign(digest: Hex): Hex {
    return signDigest(this.signer, digest);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://fake");
    const [, , kind = "", name = "", part = ""] = url.pathname.split("/");
    this.log.push(`${request.method} ${url.pathname}`);
    const reply = (status: number, body: unknown) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    const refuse = (status: number, code: string, facts: unknown) =>
      reply(status, { code, message: code, facts });
    const key = `${request.method} ${kind}${part ? `/${part}` : ""}`;
    if (key === "GET attestation") return reply(200, this.attestation);
    if (key === "PUT programs") {
      this.programs.set(name, (await json(request)) as ProgramBundle);
      return reply(200, {});
    }
    if (key === "GET programs") {
      const bundle = this.programs.get(name);
      return bundle ? reply(200, bundle) : refuse(404, "NOT_FOUND", { what: "program", name });
    }
    const erasure = this.erasures.get(name);
    if (key === "GET datasets/erasure" && erasure) return reply(200, erasure);
    if (key === "GET datasets") return reply(200, this.#status(name));
    if (key === "PUT datasets") {
      await this.#receive(name, Number(url.searchParams.get("from")), request);
      return reply(200, this.#status(name));
    }
    const box = this.mailboxes.get(name) ?? { consents: [], readies: [] };
    if (key === "GET tasks/consents") return reply(200, box);
    if (key === "POST tasks/consents") {
      if (this.refuseConsents) return refuse(503, "INTERNAL", { what: "full" });
      const { member, signature } = (await json(request)) as { member: number; signature: Hex };
      this.mailboxes.set(name, { ...box, consents: [...box.consents, { by: member, signature }] });
      return reply(200, {});
    }
    const result = this.results.get(`${name}/${part}`);
    if (kind === "results" && result) return void response.end(result);
    return refuse(404, "NOT_FOUND", { what: kind, name });
  }

  addReady(task: Hex, ready: Signed): void {
    const box = this.mailboxes.get(task) ?? { consents: [], readies: [] };
    this.mailboxes.set(task, { ...box, readies: [...box.readies, ready] });
  }

  #status(dataset: string) {
    const held = this.datasets.get(dataset);
    const of = held?.preamble.leaves.length ?? 0;
    const have = held?.chunks.length ?? 0;
    return { dataset, held: have, of, complete: of > 0 && have === of };
  }

  async #receive(dataset: string, from: number, request: IncomingMessage): Promise<void> {
    const { preamble, chunks } = await readPackage(request);
    const held = this.datasets.get(dataset) ?? { preamble, chunks: [] };
    held.preamble = preamble;
    this.datasets.set(dataset, held);
    let at = from;
    for await (const chunk of chunks) {
      if (this.breakAfter-- <= 0) {
        this.breakAfter = Infinity;
        request.socket.destroy();
        return;
      }
      held.chunks[at++] = chunk;
    }
  }
}

async function json(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString("utf8"));
}
