/** A worker that came later gets ciphertext and program from those before it: two hosts, real disks, real HTTP between them. */
import { mkdtempSync, rmSync, utimesSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { concat, toHex, type Hex } from "../../../../protocol/bytes.ts";
import { encodeHeader, hashHeader } from "../../../../protocol/envelope/header.ts";
import { encodePreamble } from "../../../../protocol/envelope/package.ts";
import { encodeKeyWrap, makeKeyWrap, sealingKeyOf } from "../../../../protocol/envelope/wrap.ts";
import { failures } from "../../../../protocol/errors.ts";
import { hashWorker } from "../../../../protocol/identity.ts";
import type { CommitteeWorker } from "../../../../protocol/schema.ts";
import { addressOf } from "../../../../protocol/typed-data.ts";
import { ChainView } from "../../../../worker/host/chain/view.ts";
import { parseConfig } from "../../../../worker/config.ts";
import { buildServer, type ServerPorts } from "../../../../worker/host/http/server.ts";
import { copyOf } from "../../../../worker/host/inbox/copies.ts";
import { Fetcher } from "../../../../worker/host/inbox/fetcher.ts";
import { Inbox } from "../../../../worker/host/inbox/inbox.ts";
import { Programs } from "../../../../worker/host/inbox/programs.ts";
import { createLog } from "../../../../worker/host/log.ts";
import { Store } from "../../../../worker/host/store/store.ts";
import { deployment, memberKeys, World, type SealedInput } from "../../enclave/world.ts";
import { collect } from "../support/collect.ts";
import { Recorder } from "../support/recorded.ts";

const workerOf = (name: string): CommitteeWorker => {
  const keys = memberKeys(name);
  const [signer, sealingKey] = [addressOf(keys.consentKey), sealingKeyOf(keys.sealingKey)];
  return { signer, sealingKey, measurement: `0x${"4d".repeat(32)}` };
};
const older = workerOf("older");
const newer = workerOf("newer");
const { limits } = parseConfig(
  {
    rpc: "http://x",
    chainId: 1,
    contracts: deployment.contracts,
    tee: "simulated",
    endpoint: "http://x",
    passwordFile: "x",
  },
  "worker.json",
);
const unused = (): never => {
  throw new TypeError("not part of this test");
};

let world: World;
/** Three chunks, sealed to both workers: the second wrap is what `dataset rewrap` brings. */
let input: SealedInput;
let folder: string;
const hosts: Host[] = [];
const servers: FastifyInstance[] = [];

/** What a host knows and holds. */
class Host {
  readonly self: CommitteeWorker;
  readonly store = new Store(":memory:");
  readonly view = new ChainView(deployment, this.store);
  readonly recorder = new Recorder(this.store);
  readonly datasets: string;
  readonly inbox: Inbox;
  readonly programs: Programs;
  readonly fetcher: Fetcher;

  constructor(self: CommitteeWorker) {
    this.self = self;
    const { store, view } = this;
    this.datasets = mkdtempSync(join(folder, "host-"));
    const onArrival = () => undefined;
    const options = { datasets: this.datasets, quotaBytes: 2 ** 30 };
    this.inbox = new Inbox(options, { view, store, self, onArrival });
    this.programs = new Programs({ view, store, onArrival });
    const { inbox, programs } = this;
    this.fetcher = new Fetcher({ view, store, inbox, programs, self, log: createLog("silent") });
    this.recorder.contract(world);
    this.recorder.dataset(world, input);
    hosts.push(this);
  }

  /** The newer worker alone takes over from those that were reached at these endpoints. */
  change(endpoints: readonly string[]): void {
    const { terms } = world;
    const committee = { version: 2, threshold: 1, workers: [newer] };
    this.recorder.add("CommitteeChanged", { terms, committee, signatures: [] });
    const { workers } = world.collaboration.terms.committee;
    for (const [i, endpoint] of endpoints.entries()) this.register(workers[i]!, endpoint);
  }

  register(keys: CommitteeWorker, endpoint: string): void {
    this.recorder.add("WorkerRegistered", {
      worker: hashWorker(keys),
      operator: keys.signer,
      keys,
      endpoint,
      kind: 1,
      evidence: "0x",
      epoch: 0,
      protection: 1,
      validUntil: 2_000_000_000,
    });
  }

  receive(from: number, chunks: readonly Uint8Array[]) {
    async function* upload() {
      yield encodePreamble(input);
      yield* chunks;
    }
    return this.inbox.receive(name(), from, upload());
  }

  /** As if nobody had sent anything for a while. */
  idle(): void {
    utimesSync(join(this.datasets, name(), "chunks"), 0, 0);
  }

  held = async () => concat(...(await collect(this.inbox.chunks(name()))));
}

const name = (): Hex => input.ref.dataset;

async function serve(host: Host, ports: Partial<ServerPorts> = {}): Promise<string> {
  const app = await buildServer(
    { limits, listen: "127.0.0.1:0", version: "1.2.3" },
    {
      log: createLog("silent"),
      inbox: host.inbox,
      eraser: { status: unused },
      copy: (dataset, from, ticket) => copyOf(host, dataset, from, ticket),
      programs: host.programs,
      mailboxes: { addConsent: unused, of: unused },
      states: { record: unused, page: unused, node: unused },
      result: unused,
      receipt: unused,
      attestation: unused,
      status: unused,
      health: unused,
      metrics: unused,
      onResponse: () => undefined,
      ...ports,
    },
  );
  servers.push(app);
  await app.listen({ port: 0, host: "127.0.0.1" });
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  const liar = workerOf("a liar");
  world = await World.create({ members: 1, workers: [older, liar], threshold: 2 });
  const values = Int32Array.from({ length: 280_000 }, (_, i) => i);
  const column = { type: "fixed" as const, values };
  const table = { rows: values.length, columns: { latitude: column, longitude: column } };
  const readers = [older, newer].map(({ sealingKey }) => sealingKey);
  input = await world.seal(0, "locations", table, { readers });
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cloister-fetch-"));
});
afterEach(async () => {
  await Promise.all(hosts.map(({ fetcher }) => fetcher.close()));
  await Promise.all(servers.splice(0).map((app) => app.close()));
  for (const { store } of hosts.splice(0)) store.close();
  rmSync(folder, { recursive: true });
});

/** The older host holds everything; the newer one has its data key and the first `chunks`. */
async function changed(chunks = 0): Promise<{ from: Host; to: Host; endpoint: string }> {
  const [from, to] = [new Host(older), new Host(newer)];
  await from.receive(0, input.chunks);
  const { module, collaboration } = world;
  const bundle = {
    module: Buffer.from(module).toString("base64"),
    manifest: collaboration.manifest,
  };
  from.programs.accept(collaboration.terms.program, bundle);
  const endpoint = await serve(from);
  from.change([]);
  to.change([endpoint]);
  await to.receive(0, input.chunks.slice(0, chunks));
  to.idle();
  return { from, to, endpoint };
}
const look = async (host: Host): Promise<boolean> => {
  host.fetcher.look();
  return host.inbox.status(name()).complete;
};
async function arrives(host: Host): Promise<void> {
  await expect.poll(() => look(host), { timeout: 30_000 }).toBe(true);
}

describe("a worker of a new committee", () => {
  it.each([0, 2])("fetches what it lacks after %i chunks, and the program", async (chunks) => {
    const { to } = await changed(chunks);
    await arrives(to);
    expect(await to.held()).toEqual(concat(...input.chunks));
    expect(to.store.programs.get(world.collaboration.terms.program)).toBeDefined();
  });

  it("keeps out of the way while its owner sends, and asks nobody once it is removed", async () => {
    const { to } = await changed();
    utimesSync(join(to.datasets, name(), "chunks"), new Date(), new Date());
    to.fetcher.look();
    await to.fetcher.close();
    expect(to.inbox.status(name()).held).toBe(0);

    const removed = new Host(newer);
    removed.change([]);
    await removed.receive(0, []);
    removed.idle();
    let asked = 0;
    const endpoint = await serve(removed, { copy: () => ((asked += 1), unused()) });
    removed.recorder.add("CommitteeChanged", {
      terms: world.terms,
      committee: { version: 3, threshold: 1, workers: [older] },
      signatures: [],
    });
    removed.register(older, endpoint);
    removed.fetcher.look();
    await removed.fetcher.close();
    expect(asked).toBe(0);
  });

  it("takes nothing wrong from a lying worker, and goes on with the next one", async () => {
    const { from, to } = await changed();
    const asked: number[] = [];
    const lying = await serve(from, {
      // The first chunk is right, what follows are another dataset's bytes, without end.
      copy: async function* (_dataset, at) {
        asked.push(at);
        if (at === 0) yield input.chunks[0]!;
        for (;;) yield new Uint8Array(2 ** 20);
      },
    });
    to.register(world.collaboration.terms.committee.workers[0]!, lying);
    await expect
      .poll(async () => (await look(to), asked.slice(0, 2)), { timeout: 30_000 })
      .toEqual([0, 1]);
    await to.fetcher.close();
    expect(await to.held()).toEqual(input.chunks[0]);

    const again = new Host(newer);
    const honest = await serve(from);
    again.change([lying, honest]);
    await again.receive(0, []);
    again.idle();
    await arrives(again);
    expect(await again.held()).toEqual(concat(...input.chunks));
  });

  it("asks again later when nobody gives anything", async () => {
    const { to } = await changed();
    let asked = 0;
    const empty = await serve(to, {
      copy: async function* () {
        asked += 1;
        yield* [];
      },
    });
    to.register(older, empty);
    for (let i = 0; i < 20; i++) {
      await look(to);
      await new Promise((later) => setTimeout(later, 20));
    }
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThan(10);
  });
});

describe("ciphertext", () => {
  const get = (endpoint: string, authorization?: string, from = 0) =>
    fetch(`${endpoint}/v1/datasets/${name()}/chunks?from=${from}`, {
      headers: authorization === undefined ? {} : { authorization },
    });
  const ticket = (wrap: (typeof input.wraps)[number]) => `KeyWrap ${toHex(encodeKeyWrap(wrap))}`;

  it("is given to whom the owner gave the data key, from any chunk on", async () => {
    const { endpoint } = await changed();
    const answer = await get(endpoint, ticket(input.wraps[1]!), 1);
    expect(answer.status).toBe(200);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    expect(bytes).toEqual(concat(...input.chunks.slice(1)));
  });

  it.each<[string, () => string | undefined, string]>([
    ["to a stranger", () => undefined, "SHAPE_INVALID"],
    [
      "for a ticket of the wrong length",
      () => ticket(input.wraps[1]!).slice(0, -2),
      "SHAPE_INVALID",
    ],
    ["to a worker that is removed", () => ticket(input.wraps[0]!), "NOT_IN_COMMITTEE"],
    ["for a wrap that the owner did not sign", () => ticket(forged()), "SIGNATURE_INVALID"],
  ])("is not given %s", async (_, authorization, code) => {
    const { endpoint } = await changed();
    const answer = await get(endpoint, authorization());
    expect(answer.status).toBe(failures[code as keyof typeof failures].http);
    expect(await answer.json()).toMatchObject({ code });
  });

  it("is not given without end", async () => {
    await changed();
    const url = `/v1/datasets/${name()}/chunks`;
    const codes: string[] = [];
    for (let i = 0; i < 130; i++) {
      const answer = await servers[0]!.inject({ url, remoteAddress: "10.0.0.1" });
      codes.push(answer.json<{ code: string }>().code);
    }
    expect(codes.filter((code) => code === "RATE_LIMITED")).toHaveLength(10);
  });

  it("is not given before it is there", async () => {
    const { to } = await changed(2);
    const answer = await get(await serve(to), ticket(input.wraps[1]!));
    expect(await answer.json()).toMatchObject({ code: "NOT_FOUND" });
  });

  /** A data key for the newer worker, by somebody who is not the owner. */
  function forged() {
    const { dataKey, header } = input;
    const headerHash = hashHeader(encodeHeader(header));
    const { consentKey } = memberKeys("a stranger");
    return makeKeyWrap(deployment, name(), headerHash, dataKey, newer.sealingKey, consentKey);
  }
});
