/** The opened inputs of one task, in its order. @module */
import { ZERO_HASH, type Hex } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import type { Manifest, MemberTable, Table } from "../../../protocol/program.ts";
import type { Question } from "../../../protocol/receipt.ts";
import type { Inputs } from "./inputs.ts";

export interface TaskInputs {
  /** Datasets by table name, in the order of the task's inputs. */
  readonly tables: Readonly<Record<string, readonly MemberTable[]>>;
  readonly privateTable?: Table;
  /** In the order of the inputs, private parameters last. */
  readonly dataKeys: readonly Uint8Array[];
}

/**
 * Gathers what a task reads out of what is held.
 * @throws ProtocolError NOT_LOADED naming every input that must be loaded first
 */
export function gatherInputs(manifest: Manifest, q: Question, inputs: Inputs): TaskInputs {
  const { terms, requester, functionName, privateParams } = q.task;
  const missing: Hex[] = [];
  const dataKeys: Uint8Array[] = [];
  const tables: Record<string, MemberTable[]> = Object.fromEntries(
    manifest.tables.map(({ name }) => [name, []]),
  );
  for (const { member, table, dataset } of q.inputs) {
    const input = inputs.get(terms, member, table, dataset);
    const list = tables[manifest.tables[table]?.name ?? ""];
    if (!list) throw new ProtocolError("TERMS_INVALID", { what: `no table ${table}` });
    if (!input) missing.push(dataset);
    else {
      dataKeys.push(input.dataKey);
      list.push({ ...input.table, member });
    }
  }
  let privateTable: Table | undefined;
  if (privateParams !== ZERO_HASH) {
    const input = inputs.get(terms, requester, functionName, privateParams);
    if (!input) missing.push(privateParams);
    else {
      dataKeys.push(input.dataKey);
      privateTable = input.table;
    }
  }
  if (missing.length > 0) throw new ProtocolError("NOT_LOADED", { hashes: missing });
  return { tables, dataKeys, ...(privateTable && { privateTable }) };
}
