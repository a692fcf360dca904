/** The host's side of the pipe, against a FAKE enclave (support/fake-enclave.mjs) that misbehaves in every way a process can. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import type { Address, Hex } from "../../../protocol/bytes.ts";
import type { SealedNode } from "../../../protocol/state/seal.ts";
import { EnclaveClient, type EnclaveDesk } from "../../../worker/host/enclave.ts";
import type { Spawn } from "../../../worker/host/enclave-process.ts";
import { createLog } from "../../../worker/host/log.ts";

const script = fileURLToPath(new URL("./support/fake-enclave.mjs", import.meta.url));
const fake =
  (...args: string[]): Spawn =>
  () =>
    spawn(process.execPath, [script, ...args], { stdio: ["pipe", "pipe", "pipe"] });

const opened: EnclaveClient[] = [];
function client(start: Spawn = fake(), seconds = 10): EnclaveClient {
  const enclave = new EnclaveClient({ seconds, restartDelay: 20 }, start, createLog("silent"));
  opened.push(enclave);
  return enclave;
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((enclave) => enclave.close()));
});

const zero: Hex = `0x${"00".repeat(32)}`;
/** The fake's process id, which it says instead of a kind. */
const lifeOf = async (enclave: EnclaveClient) => (await enclave.ask("describe", {})).json.kind;
/** Bytes of chunks the fake got in this life, which it attaches to `loaded`. */
const bytesSeen = ({ attachment }: { attachment: Uint8Array }) =>
  Number(Buffer.from(attachment).toString());
/** What makes the fake misbehave. */
const provoke = (enclave: EnclaveClient, how: number, desk?: EnclaveDesk) =>
  enclave.ask(
    "attest",
    {
      chainId: 1,
      registry: `0x${"00".repeat(20)}` as Address,
      operator: `0x${"00".repeat(20)}` as Address,
      epoch: how,
      blockNumber: 1,
      blockHash: zero,
    },
    undefined,
    desk,
  );
const refused = (code: string) => expect.objectContaining({ code }) as Error;

describe("the enclave client", () => {
  it("starts the enclave when it is asked, once", async () => {
    const enclave = client();
    expect(enclave.alive).toBe(false);
    const [first, second] = await Promise.all([lifeOf(enclave), lifeOf(enclave)]);
    expect(second).toBe(first);
    expect(enclave.alive).toBe(true);
  });

  it("carries attachments both ways", async () => {
    const bytes = crypto.getRandomValues(new Uint8Array(60_000));
    const { attachment } = await client().ask("program", {}, bytes);
    expect(attachment).toEqual(bytes);
  });

  it("passes the enclave's errors on as they are", async () => {
    await expect(client().ask("forget", { dataset: zero })).rejects.toMatchObject({
      code: "NOT_LOADED",
      facts: { hashes: [zero] },
    });
  });

  it("lets nobody in between the messages of a sequence", async () => {
    const enclave = client();
    const load = () =>
      enclave.exclusively(async (ask) => {
        for (let i = 0; i < 5; i++) await ask("chunk", {}, new Uint8Array(7));
        return bytesSeen(await ask("loaded", {}));
      });
    expect(await Promise.all([load(), load(), load()])).toEqual([35, 70, 105]);
  });

  it.each([
    ["ends", 1, "INTERNAL"],
    ["writes what is no frame", 2, "INTERNAL"],
    ["answers with an error nobody knows", 3, "FRAME_INVALID"],
    ["answers in another shape", 4, "SHAPE_INVALID"],
  ])("fails the request when the enclave %s, and serves the next one", async (_, how, code) => {
    const enclave = client();
    const life = await lifeOf(enclave);
    await expect(provoke(enclave, how)).rejects.toEqual(refused(code));
    const next = await lifeOf(enclave);
    expect(next === life).toBe(code !== "INTERNAL");
  });

  it("answers what the enclave asks while it works", async () => {
    const kept: SealedNode[] = [];
    const node = (id: Hex) => Promise.resolve(id === zero ? Uint8Array.of(7) : undefined);
    const desk = { node, keep: (nodes: readonly SealedNode[]) => void kept.push(...nodes) };
    const { json, attachment } = await provoke(client(), 7, desk);
    expect([json.kind, [...attachment]]).toEqual([1, [7]]);
    const nobody = { ...desk, node: () => Promise.resolve(undefined) };
    expect((await provoke(client(), 7, nobody)).json.kind).toBe(0);
    await provoke(client(), 8, desk);
    expect(kept).toEqual([{ id: zero, bytes: Uint8Array.from(Buffer.from("abc")) }]);
  });

  it.each([
    ["where nothing is to be asked", 7, false, "FRAME_INVALID"],
    ["to keep other bytes than it sends", 9, true, "FRAME_INVALID"],
    ["what makes no sense", 10, true, "SHAPE_INVALID"],
  ])("ends an enclave that asks %s", async (_, how, hasDesk, code) => {
    const enclave = client();
    const life = await lifeOf(enclave);
    const desk = { node: () => Promise.resolve(undefined), keep: () => undefined };
    const request = provoke(enclave, how, hasDesk ? desk : undefined);
    await expect(request).rejects.toEqual(refused(code));
    expect(await lifeOf(enclave)).not.toBe(life);
  });

  it("ends an enclave that says what nobody asked", async () => {
    const enclave = client();
    const life = await lifeOf(enclave);
    await provoke(enclave, 5);
    await expect.poll(() => enclave.alive).toBe(false);
    expect(await lifeOf(enclave)).not.toBe(life);
  });

  it("kills an enclave that is silent for too long", async () => {
    const enclave = client(fake(), 1);
    const life = await lifeOf(enclave);
    await expect(provoke(enclave, 6)).rejects.toEqual(refused("INTERNAL"));
    expect(await lifeOf(enclave)).not.toBe(life);
  });

  it("does not go on with a sequence in another life", async () => {
    const enclave = client();
    const sequence = enclave.exclusively(async (ask) => {
      const { json } = await ask("describe", {});
      process.kill(json.kind, "SIGKILL");
      await expect.poll(() => enclave.alive).toBe(false);
      return ask("loaded", {});
    });
    await expect(sequence).rejects.toEqual(refused("INTERNAL"));
    expect(bytesSeen(await enclave.ask("loaded", {}))).toBe(0);
  });

  it("waits longer each time before it starts an enclave that does not come up", async () => {
    let starts = 0;
    const enclave = client(() => {
      starts += 1;
      return fake("broken")();
    });
    const begun = performance.now();
    for (let i = 0; i < 5; i++)
      await expect(enclave.ask("describe", {})).rejects.toEqual(refused("INTERNAL"));
    expect(starts).toBe(5);
    // 0 + 20 + 40 + 80 + 160 ms of waiting.
    expect(performance.now() - begun).toBeGreaterThan(290);
  });

  it("ends the enclave when it is closed, and serves nothing afterwards", async () => {
    const enclave = client();
    const life = await lifeOf(enclave);
    const silent = provoke(enclave, 6);
    silent.catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    await enclave.close();
    await expect(silent).rejects.toEqual(refused("INTERNAL"));
    expect(() => process.kill(life, 0)).toThrow("ESRCH");
    await expect(enclave.ask("describe", {})).rejects.toEqual(refused("INTERNAL"));
  });
});
