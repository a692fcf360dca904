import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hasCode } from "../../protocol/errors.ts";
import type { Address } from "../../protocol/bytes.ts";
import { parseConfig, readConfig, writeConfig } from "../../worker/config.ts";

const choices = {
  rpc: "http://127.0.0.1:8545",
  chainId: 31337,
  contracts: `0x${"11".repeat(20)}` as Address,
  tee: "simulated" as const,
  endpoint: "http://127.0.0.1:8700",
  passwordFile: "password",
};

let home: string;
beforeEach(() => (home = mkdtempSync(join(tmpdir(), "cloister-config-"))));
afterEach(() => rmSync(home, { recursive: true }));

/** Faults in the CONFIG_INVALID that `act` throws. */
function faultsOf(act: () => unknown): string[] {
  try {
    act();
  } catch (error) {
    if (hasCode(error, "CONFIG_INVALID")) return error.facts.faults;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("a configuration", () => {
  it("is the choices with every default filled in, and cannot be changed", () => {
    const config = parseConfig(choices, "worker.json");
    expect(config).toMatchObject({ ...choices, confirmations: 2, autoSeal: true });
    expect(config.quotaBytes).toBe(4 * 2 ** 30);
    expect(() => Object.assign(config, { rpc: "http://other" })).toThrow(TypeError);
    expect(() => Object.assign(config.limits, { bodyBytes: 1 })).toThrow(TypeError);
  });

  it("names all its faults at once", () => {
    const { endpoint: _, ...rest } = choices;
    const wrong = { ...rest, rpc: "ws://x", chainId: "1", limits: { bodyBytes: 1 }, zz: true };
    const faults = faultsOf(() => parseConfig(wrong, "worker.json")).join("\n");
    for (const part of ["endpoint", "/rpc", "/chainId", "/limits/bodyBytes", "/zz"])
      expect(faults).toContain(part);
  });

  it("never has another protection than the one that was typed", () => {
    for (const tee of ["none", "sgx", "", undefined])
      expect(
        faultsOf(() => parseConfig({ ...choices, tee }, "worker.json")).length,
      ).toBeGreaterThan(0);
  });

  it("leaves what it was given as it was", () => {
    const given = { ...choices, gas: {} };
    parseConfig(given, "worker.json");
    expect(given.gas).toEqual({});
  });
});

describe("worker.json", () => {
  it("reads as it was written", () => {
    const written = writeConfig(home, choices);
    expect(readConfig(home)).toEqual(written);
  });

  it("is never written over", () => {
    writeConfig(home, choices);
    const before = readFileSync(join(home, "worker.json"), "utf8");
    expect(faultsOf(() => writeConfig(home, { ...choices, chainId: 1 }))[0]).toContain("exists");
    expect(readFileSync(join(home, "worker.json"), "utf8")).toBe(before);
  });

  it("is refused when there is none, or no JSON in it", () => {
    expect(faultsOf(() => readConfig(home))[0]).toContain("worker init");
    writeFileSync(join(home, "worker.json"), "{");
    expect(faultsOf(() => readConfig(home))).toEqual(["not JSON"]);
  });
});
