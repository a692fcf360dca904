import { fileURLToPath } from "node:url";
import hardhatEthers from "@nomicfoundation/hardhat-ethers";
import { defineConfig } from "hardhat/config";

// Hardhat reads this after loading the config and before it would report anything to its makers.
process.env["HARDHAT_DISABLE_TELEMETRY"] = "true";

export default defineConfig({
  plugins: [hardhatEthers],
  solidity: {
    version: "0.8.37",
    // A path that is not a native binary is run as wasm: the compiler comes from npm, nothing is downloaded.
    path: fileURLToPath(import.meta.resolve("solc/soljson.js")),
    settings: { optimizer: { enabled: true, runs: 200 }, evmVersion: "osaka" },
  },
  paths: {
    sources: "./contracts",
    tests: { solidity: "./test/contracts" },
  },
  networks: {
    // A block per transaction, and one every 250 ms besides, so that deadlines pass. Block time has whole seconds and
    // must keep to the clock, so several blocks share one.
    local: {
      type: "edr-simulated",
      chainId: 31337,
      allowBlocksWithSameTimestamp: true,
      mining: { auto: true, interval: 250 },
    },
  },
  test: {
    solidity: { fuzz: { runs: 256 }, invariant: { runs: 256 } },
  },
});
