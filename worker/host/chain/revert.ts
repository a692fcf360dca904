/** Why the chain refused, by the name of the contract's error. @module */
import { Interface, isError } from "ethers";
import {
  secretContractsAbi,
  taskManagerAbi,
  testTokenAbi,
  vaultAbi,
  workerRegistryAbi,
  simulatedVerifierAbi,
} from "../../../protocol/abi.ts";

const interfaces = [
  taskManagerAbi,
  secretContractsAbi,
  workerRegistryAbi,
  vaultAbi,
  simulatedVerifierAbi,
  testTokenAbi,
].map((abi) => new Interface(abi));

/** Name of the custom error in a failed call, "reverted" for none we know, undefined when it is no revert. */
export function revertName(error: unknown): string | undefined {
  if (!isError(error, "CALL_EXCEPTION")) return undefined;
  const { data } = error;
  // A revert without a reason has no selector to look up.
  if (!data || data.length < 10) return "reverted";
  for (const abi of interfaces) {
    const name = abi.parseError(data)?.name;
    if (name !== undefined) return name;
  }
  return "reverted";
}
