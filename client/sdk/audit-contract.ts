/** The auditor's verb for a whole secret contract: no keys, no account. @module */
import type { Log } from "ethers";
import { fromUtf8, type Hex } from "../../protocol/bytes.ts";
import {
  auditContract,
  type AuditedTask,
  type ContractFacts,
  type ContractPapers,
  type ContractReport,
} from "../../protocol/contract-audit.ts";
import { decodeLog, topicOf, type EventOf } from "../../protocol/events.ts";
import { auditTask } from "./audit.ts";
import type { Context } from "./context.ts";
import { attempt } from "./failure.ts";
import {
  contractEvents,
  createdIn,
  inChainOrder,
  proposals,
  workerEvents,
  workersIn,
} from "./ledger.ts";
import { programFiles } from "./program.ts";
import { endpointsOf } from "./worker.ts";

/** Tasks that are audited at the same time. */
const AT_ONCE = 4;

/**
 * Audits a secret contract and each of its tasks.
 * @throws ProtocolError NOT_FOUND when the chain does not know it; everything else is in the report
 */
const contract = async (ctx: Context, terms: Hex): Promise<ContractReport> =>
  auditContract(await contractPapers(ctx, terms));

/** Everything the audit of a contract looks at. @throws ProtocolError NOT_FOUND */
export async function contractPapers(online: Context, terms: Hex): Promise<ContractPapers> {
  const ctx = remembering(online);
  const own = await contractEvents(ctx, terms);
  const workers = workersIn(own, terms);
  const [states, registrations, proposed] = await Promise.all([
    stateSteps(ctx, terms),
    workerEvents(ctx, workers),
    proposals(ctx, terms),
  ]);
  const { program } = createdIn(own, terms).args.content;
  const manifest = await attempt(async () => {
    const files = await programFiles(ctx, program, await endpointsOf(ctx, workers));
    return fromUtf8(files.manifest, "manifest");
  });
  const tasks: AuditedTask[] = [];
  for (let at = 0; at < proposed.length; at += AT_ONCE)
    tasks.push(
      ...(await Promise.all(proposed.slice(at, at + AT_ONCE).map((event) => auditOne(ctx, event)))),
    );
  return {
    deployment: ctx.deployment,
    terms,
    events: inChainOrder(own, states, registrations),
    manifest,
    tasks,
    facts: await factsOf(ctx, terms),
  };
}

async function auditOne(
  ctx: Context,
  { block, args: { taskId, task } }: EventOf<"TaskProposed">,
): Promise<AuditedTask> {
  const audited = await attempt(() => auditTask(ctx, taskId));
  return { task: taskId, block, function: task.functionName, audited };
}

async function stateSteps(ctx: Context, terms: Hex) {
  const { addresses } = await ctx.contracts();
  const filter = { address: addresses.secretContracts, topics: [topicOf("StateAdvanced"), terms] };
  return (await ctx.logs(filter)).flatMap((log) => decodeLog(log) ?? []);
}

async function factsOf(ctx: Context, terms: Hex): Promise<ContractFacts> {
  const { secretContracts, addresses } = await ctx.contracts();
  const { active, committee, version, stateRoot } = await secretContracts.statusOf(terms);
  const { workerRegistry } = addresses;
  return { active, committee, version: Number(version), stateRoot, workerRegistry };
}

/** The same question to the node once: every task's story has the same contract and workers in it. */
function remembering(ctx: Context): Context {
  const asked = new Map<string, Promise<Log[]>>();
  return {
    ...ctx,
    logs: (filter) => {
      const key = JSON.stringify(filter);
      const answer = asked.get(key) ?? ctx.logs(filter);
      asked.set(key, answer);
      return answer;
    },
  };
}

export const contractAuditVerbs = { contract };
