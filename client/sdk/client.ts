/** The client: everything a party, a requester and an auditor do, as verbs under eight nouns. @module */
import { contractAuditVerbs } from "./audit-contract.ts";
import { auditVerbs } from "./audit.ts";
import { contextOf, type ClientOptions, type Context } from "./context.ts";
import { contractVerbs } from "./contract.ts";
import { datasetVerbs } from "./dataset.ts";
import { partyVerbs } from "./party.ts";
import { programVerbs } from "./program.ts";
import { relay } from "./relay.ts";
import { getResult } from "./result.ts";
import { failureOf } from "./failure.ts";
import { taskVerbs } from "./task.ts";
import { vaultVerbs } from "./vault.ts";
import { workerVerbs } from "./worker.ts";

type Verb = (ctx: Context, ...args: never[]) => Promise<unknown>;
type Bound<V> = V extends (ctx: Context, ...args: infer A) => infer R ? (...args: A) => R : never;

/** The same verbs without their first argument; whatever goes wrong in them is a ProtocolError. */
function bind<V extends Readonly<Record<string, Verb>>>(
  ctx: Context,
  verbs: V,
): { readonly [N in keyof V]: Bound<V[N]> } {
  const bound = Object.entries(verbs).map(([name, verb]) => [
    name,
    async (...args: never[]) => {
      try {
        return await verb(ctx, ...args);
      } catch (error) {
        throw failureOf(name, error);
      }
    },
  ]);
  return Object.fromEntries(bound) as { readonly [N in keyof V]: Bound<V[N]> };
}

export type Client = ReturnType<typeof createClient>;

/**
 * A client of one deployment. Without `signer` it only reads, without `keys` it signs and opens nothing, without `trust` it
 * seals to no worker.
 *
 * @example
 * const telco = createClient({ provider, signer, keys, deployment, trust });
 * await telco.contract.join(terms);
 * await telco.dataset.contribute({ terms, table: "locations", rows: csv });
 * const { taskId } = await telco.task.run({ terms, function: "cluster", params: { k: 5 } });
 * const { value } = await telco.result.get(taskId);
 */
export function createClient(options: ClientOptions) {
  const ctx = contextOf(options);
  return {
    party: bind(ctx, partyVerbs),
    vault: bind(ctx, vaultVerbs),
    worker: bind(ctx, workerVerbs),
    program: bind(ctx, programVerbs),
    contract: bind(ctx, contractVerbs),
    dataset: bind(ctx, datasetVerbs),
    task: bind(ctx, taskVerbs),
    result: bind(ctx, { get: getResult, relay }),
    audit: bind(ctx, { ...auditVerbs, ...contractAuditVerbs }),
  };
}
