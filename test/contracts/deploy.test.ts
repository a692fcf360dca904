import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { network } from "hardhat";
import { Contract } from "ethers";
import { expect, test } from "vitest";
import { secretContractsAbi, vaultAbi } from "../../protocol/abi.ts";
import { DeploymentFile } from "../../protocol/chain/deployment.ts";
import { connectProvider } from "../../protocol/chain/node.ts";
import { parseShape } from "../../protocol/schema.ts";
import { deploy } from "../../scripts/deploy.ts";
import { createChain, deployMock, read } from "./support.ts";

/** First of Hardhat's published test accounts. */
const KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

test("one address leads to all others", async () => {
  const { accounts } = await createChain();
  const deployer = accounts[0]!;
  const token = await deployMock("test/TestToken", deployer);
  const addresses = await deploy(deployer, { token: await token.getAddress() });
  const root = new Contract(addresses.secretContracts, secretContractsAbi, deployer);
  for (const name of ["partyRegistry", "programRegistry", "workerRegistry", "taskManager"] as const)
    expect(await read(root, name)).toBe(addresses[name]);
  const vault = new Contract(await read(root, "vault"), vaultAbi, deployer);
  expect(await read(vault, "token")).toBe(await token.getAddress());
});

test("the script writes deployments/<chainId>.json", async () => {
  const server = await network.createServer({ network: "local" }, "127.0.0.1", 0);
  const { port } = await server.listen();
  const folder = await mkdtemp(join(tmpdir(), "cloister-deploy-"));
  try {
    await writeFile(join(folder, "key"), `${KEY}\n`);
    const script = join(import.meta.dirname, "..", "..", "scripts", "deploy.ts");
    const args = [script, "--rpc", `http://127.0.0.1:${port}`, "--key-file", "key"];
    const child = spawn(process.execPath, args, { cwd: folder, stdio: "inherit" });
    expect(await once(child, "exit")).toEqual([0, null]);
    const text = await readFile(join(folder, "deployments", "31337.json"), "utf8");
    const { secretContracts, fromBlock } = parseShape(DeploymentFile, JSON.parse(text), "file");
    // Nothing can have happened below it, and it is there now.
    const provider = connectProvider(`http://127.0.0.1:${port}`);
    expect(await provider.getCode(secretContracts, fromBlock)).toBe("0x");
    expect(await provider.getCode(secretContracts)).not.toBe("0x");
    provider.destroy();
  } finally {
    await server.close();
    await rm(folder, { recursive: true });
  }
});
