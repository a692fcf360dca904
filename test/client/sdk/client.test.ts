/** What holds for every verb: keys it needs, chains it refuses, refusals it passes on. */
import { JsonRpcProvider, Wallet } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ZERO_HASH } from "../../../protocol/bytes.ts";
import { connectProvider, createClient } from "../../../client/sdk/index.ts";
import { request } from "../../../client/sdk/http.ts";
import { contextOf, type Sent } from "../../../client/sdk/context.ts";
import { files, startFakeWorld, type FakeWorld } from "../support/fake-world.ts";

describe("createClient", () => {
  let world: FakeWorld;
  beforeAll(async () => {
    world = await startFakeWorld({ workers: 1 });
  });
  afterAll(() => world.close());

  it("reads without keys and account, and says what it lacks", async () => {
    const { provider, deployment } = world;
    const reader = createClient({ provider, deployment });
    expect(await reader.worker.list()).toHaveLength(1);
    await expect(reader.party.register("x")).rejects.toMatchObject({ code: "KEY_MISSING" });
    const signer = new Wallet(world.chain.accounts[1]!.privateKey, provider);
    await expect(
      createClient({ provider, deployment, signer }).party.member(),
    ).rejects.toMatchObject({ code: "KEY_MISSING" });
  });

  it("refuses another chain than the deployment's", async () => {
    const { provider, deployment } = world;
    const lost = createClient({ provider, deployment: { ...deployment, chainId: 1 } });
    await expect(lost.worker.list()).rejects.toMatchObject({
      code: "WRONG_CHAIN",
      facts: { expected: "1", actual: "31337" },
    });
  });

  it("says when the node does not answer, and finds it again when it does", async () => {
    const { deployment, chain } = world;
    const provider = connectProvider("http://127.0.0.1:1", deployment.chainId);
    const client = createClient({ provider, deployment });
    await expect(client.worker.list()).rejects.toMatchObject({ code: "RPC_UNREACHABLE" });
    provider.destroy();

    let down = true;
    class Flaky extends JsonRpcProvider {
      override async send(method: string, params: unknown[]): Promise<unknown> {
        if (down) throw Object.assign(new Error("down"), { code: "ECONNRESET" });
        return super.send(method, params);
      }
    }
    const flaky = new Flaky(chain.url, deployment.chainId, { staticNetwork: true });
    const patient = createClient({ provider: flaky, deployment });
    await expect(patient.worker.list()).rejects.toMatchObject({ code: "RPC_UNREACHABLE" });
    down = false;
    expect(await patient.worker.list()).toHaveLength(1);
    flaky.destroy();
  });

  it("registers names, the latest counts", async () => {
    const { client, account } = world.parties[0]!;
    await client.party.register("first name");
    await client.party.register("telco");
    expect(await client.party.list()).toEqual([{ account: account.address, name: "telco" }]);
    await expect(client.party.register("")).rejects.toMatchObject({
      code: "TRANSACTION_FAILED",
      facts: { method: "party.register", error: "PartyNameInvalid(0)" },
    });
  });

  it("moves money in and out and names the contract's error", async () => {
    const sent: Sent[] = [];
    const client = world.clientOf(1, { onTransaction: (entry) => sent.push(entry) });
    await client.vault.deposit(70n);
    await client.vault.withdraw(30n);
    expect(await client.vault.balance()).toBe(40n);
    expect(sent.map((entry) => entry.method)).toEqual([
      "token.approve",
      "vault.deposit",
      "vault.withdraw",
    ]);
    for (const { gasUsed } of sent) expect(gasUsed).toBeGreaterThan(21_000n);
    await expect(client.vault.withdraw(41n)).rejects.toMatchObject({
      code: "TRANSACTION_FAILED",
      facts: { error: expect.stringMatching(/^VaultBalanceTooLow\(0x.*, 40, 41\)$/) },
    });
    await expect(client.vault.deposit(10n ** 30n)).rejects.toMatchObject({ code: "BALANCE_LOW" });
  });

  it("sends many transactions at once without crossing nonces", async () => {
    const client = world.clientOf(1);
    const before = await client.vault.balance();
    await client.vault.deposit(10n);
    await Promise.all(Array.from({ length: 5 }, () => client.vault.withdraw(1n)));
    expect(await client.vault.balance()).toBe(before + 5n);
  });

  it("publishes a program once and believes only bytes that hash to its name", async () => {
    const { client } = world.parties[0]!;
    const program = await client.program.publish(files);
    expect((await client.program.published(program))?.publisher).toBe(
      world.parties[0]!.account.address,
    );
    const [worker] = world.workers;
    const held = worker!.programs.get(program)!;
    const reader = world.clientOf(1);
    worker!.programs.set(program, { ...held, manifest: "{}" });
    await expect(reader.program.get(program, [worker!.endpoint])).rejects.toMatchObject({
      code: "HASH_MISMATCH",
    });
    worker!.programs.set(program, held);
    expect(await reader.program.get(program, [worker!.endpoint])).toEqual(files);
    await expect(reader.program.get(ZERO_HASH, [worker!.endpoint])).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });
});

describe("request", () => {
  const answering = (body: string, status = 200) =>
    contextOf({
      provider: undefined as never,
      deployment: { chainId: 1, contracts: ZERO_HASH as never },
      fetch: () => Promise.resolve(new Response(body, { status })),
    });

  it.each([
    [
      "a refusal it knows",
      '{"code":"NOT_FOUND","message":"","facts":{"what":"a","name":"b"}}',
      "NOT_FOUND",
    ],
    [
      "a refusal without its facts",
      '{"code":"NOT_LOADED","message":"","facts":{}}',
      "WORKER_UNREACHABLE",
    ],
    ["a code of nobody", '{"code":"toString","message":"","facts":{}}', "WORKER_UNREACHABLE"],
    ["a page of a proxy", "<html>", "WORKER_UNREACHABLE"],
  ])("turns %s into an error", async (_, body, code) => {
    const sent = request(answering(body, 404), "http://worker", "/v1/status");
    await expect(sent).rejects.toMatchObject({ code });
  });

  it("keeps the path of an endpoint", async () => {
    let asked = "";
    const ctx = contextOf({
      provider: undefined as never,
      deployment: { chainId: 1, contracts: ZERO_HASH as never },
      fetch: (input) => {
        asked = input as string;
        return Promise.resolve(new Response(""));
      },
    });
    await request(ctx, "https://host/worker-1/", "/v1/status");
    expect(asked).toBe("https://host/worker-1/v1/status");
  });
});
