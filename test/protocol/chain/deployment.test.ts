/** The file of a deployment, and the example that the documents show. */
import { readFileSync } from "node:fs";
import { Value } from "typebox/value";
import { describe, expect, it } from "vitest";
import { DeploymentFile } from "../../../protocol/chain/deployment.ts";

const example = JSON.parse(
  readFileSync(
    new URL("../../../docs/operations/deployment.example.json", import.meta.url),
    "utf8",
  ),
) as DeploymentFile;

describe("a deployment's file", () => {
  it("has an example that says all it can say", () => {
    expect(Value.Check(DeploymentFile, example)).toBe(true);
    expect(Object.keys(example).toSorted()).toEqual(
      Object.keys(DeploymentFile.properties).toSorted(),
    );
  });

  it.each([
    { secretContracts: "0x12" },
    { rpc: "ws://x" },
    { chainId: 0 },
    { fromBlock: -1 },
    { fromBlock: 1.5 },
    { logRange: 0 },
    { confirmations: 0 },
    { confirmations: 257 },
    { gas: { maxFeePerGas: 0 } },
    { gas: { maxFeePerGas: "60" } },
    { gas: { gasPrice: 1 } },
    { key: "0x12" },
  ])("is refused with %j", (change) => {
    expect(Value.Check(DeploymentFile, { ...example, ...change })).toBe(false);
  });
});
