/**
 * The offline audit: what the chain says about a task, derived from proven events alone. What the auditor must bring is its
 * deployment, and hashes of blocks that it believes are the chain's.
 * @module
 */
import { audit, type AuditReport, type ChainFacts, type OpenedOutput } from "../audit.ts";
import type { Address, Hex } from "../bytes.ts";
import { ProtocolError } from "../errors.ts";
import { select, type ChainEvent } from "../events.ts";
import { receiptFrom } from "../history.ts";
import { digestOf, hashTask, type Deployment } from "../typed-data.ts";
import { verifyImmutables } from "./code.ts";
import { firstDifference } from "./difference.ts";
import { provenEvents } from "./events.ts";
import { trustChain, type TrustedChain } from "./header.ts";
import type { Emitters, ProvenReceipt } from "./proven.ts";

/** What an offline auditor believes before it looks at a file. */
export interface OfflineTrust {
  readonly deployment: Deployment;
  /** Hashes of blocks of the chain: a final one, and those it cannot be linked to. */
  readonly blocks: readonly Hex[];
  /** The deployment's other contracts, when the auditor knows them; absent: the file must prove them. */
  readonly emitters?: Emitters;
}

/** Audits a receipt with proofs; what the proofs do not carry makes the check `chain` fail. */
export function auditProven(
  proven: ProvenReceipt,
  trust: OfflineTrust,
  opened?: OpenedOutput,
): AuditReport {
  return audit(proven.receipt, factsOrFault(proven, trust), opened);
}

function factsOrFault(proven: ProvenReceipt, trust: OfflineTrust): ChainFacts | ProtocolError {
  try {
    return chainFactsFromProofs(proven, trust);
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}

/**
 * What the chain says about the task of a receipt, by proven events alone; the receipt must be what these events make it.
 * @throws ProtocolError PROOF_INVALID, BLOCK_NOT_TRUSTED, ADDRESSES_UNPROVEN, RECEIPT_UNPROVEN, NOT_FOUND when an event is missing
 */
export function chainFactsFromProofs(proven: ProvenReceipt, trust: OfflineTrust): ChainFacts {
  const contracts = trust.deployment.contracts.toLowerCase() as Address;
  const deployment: Deployment = { chainId: trust.deployment.chainId, contracts };
  const chain = trustChain(proven.headers, trust.blocks);
  const addresses = provenEmitters(proven, contracts, trust.emitters, chain);
  const { programRegistry, workerRegistry, taskManager } = proven.emitters;
  const emitters = [contracts, programRegistry, workerRegistry, taskManager];
  const events = provenEvents(proven.transactions, chain, emitters);

  const taskId = hashTask(deployment, proven.receipt.question.task);
  const { manifest } = proven.receipt.collaboration;
  const receipt = receiptFrom(deployment, events, taskId, manifest);
  const at = firstDifference(receipt, proven.receipt);
  if (at !== undefined) throw new ProtocolError("RECEIPT_UNPROVEN", { at });
  return {
    chainId: deployment.chainId,
    contracts,
    state: receipt.state,
    digest: digestFrom(deployment, events, taskId),
    programPublished: select(events, "ProgramPublished").some(
      ({ address, args }) =>
        address === programRegistry && args.program === receipt.collaboration.terms.program,
    ),
    inputsCommitted: receipt.question.inputs.map((input) =>
      select(events, "DatasetCommitted").some(
        ({ args }) =>
          args.terms === receipt.question.task.terms &&
          args.member === input.member &&
          args.table === input.table &&
          args.dataset === input.dataset,
      ),
    ),
    workerRegistry,
    stateVersions: select(events, "StateAdvanced").flatMap(({ args }) =>
      args.terms === receipt.question.task.terms ? [args] : [],
    ),
    basis: {
      "rests on": `${proven.transactions.length} proven transactions under block ${trust.blocks.join(", ")}`,
      "last proven block": proven.transactions.at(-1)?.block ?? 0,
      addresses,
    },
  };
}

/** @returns how it is known that the emitters are the deployment's */
function provenEmitters(
  { code, emitters }: ProvenReceipt,
  contracts: Address,
  known: Emitters | undefined,
  chain: TrustedChain,
): string {
  if (known) {
    const at = firstDifference(known, emitters);
    if (at === undefined) return "as the auditor named them";
    throw new ProtocolError("PROOF_INVALID", { what: `another contract at ${at}` });
  }
  if (!code) throw new ProtocolError("ADDRESSES_UNPROVEN", { deployment: contracts });
  const { stateRoot } = chain.header(code.block);
  verifyImmutables(stateRoot, contracts, code, Object.values(emitters));
  return `in the proven code of ${contracts}`;
}

/** What `TaskManager` stores: task, then seal, then the agreed result, which is the one that ended the task. */
function digestFrom(deployment: Deployment, events: readonly ChainEvent[], taskId: Hex): Hex {
  const sealed = select(events, "TaskSealed").find(({ args }) => args.taskId === taskId);
  const ended = select(events, "TaskAdvanced").find(
    ({ args }) => args.taskId === taskId && (args.state === "finalized" || args.state === "failed"),
  );
  // The contract announces the result after the end it brought about.
  const last = select(events, "ResultSubmitted").find(
    ({ args, transactionHash, logIndex }) =>
      args.taskId === taskId &&
      transactionHash === ended?.transactionHash &&
      logIndex > ended.logIndex,
  );
  return last
    ? digestOf(deployment, "Result", last.args.result)
    : (sealed?.args.sealDigest ?? taskId);
}
