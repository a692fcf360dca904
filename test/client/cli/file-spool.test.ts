import { createServer } from "node:http";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fileSpool } from "../../../client/cli/file-spool.ts";

const MEBIBYTE = 1 << 20;

describe("fileSpool", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cloister-spools-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("gives back what was appended and leaves nothing behind", async () => {
    const spool = await fileSpool(folder);
    await spool.append(Uint8Array.of(1, 2, 3));
    await spool.append(new Uint8Array(0));
    await spool.append(Uint8Array.of(4));
    const blob = await spool.blob();
    expect([...new Uint8Array(await blob.arrayBuffer())]).toEqual([1, 2, 3, 4]);
    await spool.discard();
    expect(await readdir(folder)).toEqual([]);
    await (await fileSpool(folder)).discard();
    expect(await readdir(folder)).toEqual([]);
  });

  it("is kept under a name of its own, when asked to be", async () => {
    const spool = await fileSpool(folder);
    await spool.append(Uint8Array.of(1, 2, 3));
    const kept = join(folder, "kept");
    await spool.keep(kept);
    await spool.discard();
    expect(await readdir(folder)).toEqual(["kept"]);
    expect([...(await readFile(kept))]).toEqual([1, 2, 3]);
    await rm(kept);
  });

  it("is sent by fetch from the middle, behind other bytes", async () => {
    const chunks = 64;
    const spool = await fileSpool(folder);
    for (let i = 0; i < chunks; i++) await spool.append(new Uint8Array(MEBIBYTE).fill(i));
    const firsts: number[] = [];
    let received = 0;
    const server = createServer((request, response) => {
      request.on("data", (part: Buffer) => {
        for (let at = 0; at < part.length; at++, received++)
          if ((received - 2) % MEBIBYTE === 0) firsts.push(part[at]!);
      });
      request.on("end", () => response.end());
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const ciphertext = await spool.blob();
    const body = new Blob([Uint8Array.of(9, 9), ciphertext.slice(8 * MEBIBYTE)]);
    const { port } = server.address() as AddressInfo;
    await fetch(`http://127.0.0.1:${port}`, { method: "PUT", body });
    server.close();
    await spool.discard();
    expect(received).toBe(2 + (chunks - 8) * MEBIBYTE);
    expect(firsts).toEqual(Array.from({ length: chunks - 8 }, (_, i) => i + 8));
  });
});
