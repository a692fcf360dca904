/** Failures of the chain, its node and of ethers, in Cloister's own words. @module */
import { Interface, isCallException, isError } from "ethers";
import {
  callbackRelayAbi,
  partyRegistryAbi,
  programRegistryAbi,
  secretContractsAbi,
  simulatedVerifierAbi,
  taskManagerAbi,
  testTokenAbi,
  vaultAbi,
  workerRegistryAbi,
} from "../../protocol/abi.ts";
import { ProtocolError } from "../../protocol/errors.ts";

// A revert travels through contracts: the vault's error comes back from the task manager, so all are asked.
const interfaces = [
  callbackRelayAbi,
  secretContractsAbi,
  taskManagerAbi,
  workerRegistryAbi,
  vaultAbi,
  programRegistryAbi,
  partyRegistryAbi,
  simulatedVerifierAbi,
  testTokenAbi,
].map((abi) => new Interface(abi));

/**
 * What was thrown, as one of ours: RPC_UNREACHABLE, TRANSACTION_FAILED with the custom error's name and values, INTERNAL.
 * @param method what was being done, for people
 */
export function failureOf(method: string, error: unknown): ProtocolError {
  const options = { cause: error };
  if (error instanceof ProtocolError) return error;
  if (isUnreachable(error))
    return new ProtocolError("RPC_UNREACHABLE", { url: "the chain's node" }, options);
  // A fault of ours is shown as it is, with its stack.
  if (!isEthers(error)) return new ProtocolError("INTERNAL", { what: String(error) }, options);
  const { message, data } = wordsOf(error);
  const named = data ? nameRevert(data) : undefined;
  return new ProtocolError("TRANSACTION_FAILED", { method, error: named ?? message }, options);
}

/** Most characters of somebody else's message. */
const MOST_WORDS = 300;

/** Message and revert data, also out of what a node answered and ethers did not understand. */
function wordsOf(error: unknown): { message: string; data?: string } {
  const answer = isError(error, "UNKNOWN_ERROR") ? (error.error as NodeAnswer) : undefined;
  const short = isEthers(error) ? error.shortMessage : String(error);
  const message = (answer?.message ?? short).slice(0, MOST_WORDS);
  const nested = typeof answer?.data === "string" ? answer.data : answer?.data?.data;
  const data = isCallException(error) ? error.data : nested;
  return { message, ...(data && { data }) };
}

/** Error object of JSON-RPC; nodes put revert data at either place. */
interface NodeAnswer {
  readonly message?: string;
  readonly data?: string | { readonly data?: string };
}

/** `Name(value, ...)` of a custom error; `Error` and `Panic` are the compiler's own. */
function nameRevert(data: string): string | undefined {
  for (const abi of interfaces) {
    const error = abi.parseError(data);
    if (error) return `${error.name}(${error.args.map(String).join(", ")})`;
  }
  return undefined;
}

/** ethers' own errors have a code in words and a short message. */
const isEthers = (error: unknown): error is Error & { shortMessage: string } =>
  error instanceof Error && "code" in error && "shortMessage" in error;

/** Node's system errors (ECONNREFUSED), a browser's failed fetch, ethers' own words for both. */
function isUnreachable(error: unknown): boolean {
  if (isError(error, "NETWORK_ERROR") || isError(error, "SERVER_ERROR")) return true;
  if (isError(error, "TIMEOUT")) return true;
  if (!(error instanceof Error)) return false;
  const isSystem = "code" in error && /^E[A-Z]+$/.test(String(error.code));
  return isSystem || (error instanceof TypeError && /fetch/i.test(error.message));
}

/** What `act` gives, or the refusal it ends in: for lists in which one bad entry must not hide the others. */
export async function attempt<T>(act: () => Promise<T>): Promise<T | ProtocolError> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}
