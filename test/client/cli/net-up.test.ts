/** `cloister net up` as a process: says what is there, and leaves nothing behind. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { cloister } from "./support.ts";

const bin = join(import.meta.dirname, "../../../client/cli/bin.mjs");

interface Up {
  readonly rpc: string;
  readonly chainId: number;
  readonly deployment: string;
  readonly program: { readonly module: string };
  readonly workers: { readonly endpoint: string }[];
  readonly accounts: { readonly label: string; readonly address: string }[];
}

describe("net up", () => {
  it("prints one JSON document, serves the other commands, ends with a signal", async () => {
    const child = spawn(process.execPath, [bin, "net", "up", "--workers", "1", "--json"], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = new Promise((exit) => child.once("exit", exit));
    let out = "";
    await new Promise<void>((resolve) => {
      child.stdout.on("data", (data: Buffer) => {
        out += data.toString();
        if (out.trimEnd().endsWith("\n}")) resolve();
      });
      void ended.then(() => resolve());
    });
    const up = JSON.parse(out) as Up;
    expect(up).toMatchObject({ chainId: 31337, accounts: expect.any(Array) });
    expect(up.workers).toHaveLength(1);
    expect(JSON.parse(readFileSync(up.deployment, "utf8"))).toMatchObject({ rpc: up.rpc });
    expect(existsSync(up.program.module)).toBe(true);

    const env = { CLOISTER_DEPLOYMENT: up.deployment, CLOISTER_HOME: "/none" };
    const status = await cloister(["net", "status", "--json"], env);
    expect(JSON.parse(status.stdout)).toMatchObject({ workers: [{ answers: true }] });
    const balance = await cloister(["vault", "balance", up.accounts[0]!.address, "--json"], env);
    expect(JSON.parse(balance.stdout)).toMatchObject({ outside: "10000000000000000000000" });

    child.kill("SIGINT");
    expect(await ended).toBe(0);
    expect(existsSync(dirname(dirname(up.deployment)))).toBe(false);
  });

  it("takes no flags it does not know", async () => {
    expect((await cloister(["net", "up", "--bogus"])).code).toBe(2);
    expect((await cloister(["net", "up", "--workers", "many"])).code).toBe(2);
  });
});
