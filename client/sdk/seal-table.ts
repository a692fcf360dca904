/**
 * A member's table, from its file to ciphertext. What it needs is plain data and no network, so that a browser can do it off its
 * main thread.
 * @module
 */
import type { Hex } from "../../protocol/bytes.ts";
import type { TableSpec } from "../../protocol/program.ts";
import type { Deployment } from "../../protocol/typed-data.ts";
import type { Report } from "./reader/faults.ts";
import { blocksFrom, type Rows } from "./rows.ts";
import { sealRows, type Progress, type Sealed } from "./seal.ts";
import type { Spool } from "./spool.ts";

/** Where a table belongs and what its rows must be like. */
export interface SealOrder {
  readonly deployment: Deployment;
  readonly terms: Hex;
  readonly member: number;
  /** Index in the manifest. */
  readonly table: number;
  readonly epoch: number;
  readonly spec: TableSpec;
  readonly maxClasses: number;
  readonly skipInvalid: boolean;
}

export interface SealedTable extends Sealed {
  readonly report: Report;
}

/** @throws ProtocolError those of tables ({@link blocksFrom}) */
export async function sealTable(
  order: SealOrder,
  rows: Rows,
  spool: Spool,
  onProgress?: (progress: Progress) => void,
): Promise<SealedTable> {
  const { deployment, skipInvalid, maxClasses, ...place } = order;
  let report: Report | undefined;
  const blocks = blocksFrom(order.spec, rows, {
    onFault: skipInvalid ? "skip" : "refuse",
    maxClasses,
    onReport: (read) => (report = read),
  });
  const sealed = await sealRows(
    { deployment },
    { kind: "dataset", ...place, blocks, spool, onProgress },
  );
  return { ...sealed, report: report as unknown as Report };
}
