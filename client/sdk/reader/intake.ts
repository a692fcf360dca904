/** What both readers, of CSV and of tables in memory, have in common. @module */
import { ProtocolError } from "../../../protocol/errors.ts";
import type { Table } from "../../../protocol/program.ts";
import type { Axes } from "./axes.ts";
import { refusalOf, type Faults, type Report } from "./faults.ts";

export interface ReadOptions {
  /**
   * `refuse` (the default) takes no row of a file with a bad one, and names them all; `skip` leaves bad rows out; `report` takes
   * no rows at all and names the bad ones in the report alone.
   */
  readonly onFault?: "refuse" | "skip" | "report";
  /** Fewest rows of a table; default 2: one row is nobody's statistics, it is somebody's position. */
  readonly minRows?: number;
  /** Most different labels; default 100. */
  readonly maxClasses?: number;
}

/** Defaults. */
export const settings: Required<ReadOptions> = { onFault: "refuse", minRows: 2, maxClasses: 100 };

/**
 * Reads rows piece by piece. Faults of the file as a whole are thrown where they are seen, those of rows at the end: TABLE_EMPTY,
 * PROJECTED_UNITS and AXES_SWAPPED (most rows), the code all bad rows share or ROWS_INVALID, TABLE_TOO_SMALL.
 */
export interface Intake<Piece> {
  push(piece: Piece): void;
  end(): void;
  /** Blocks of at most 65,536 good rows finished since the last call. */
  take(): Table[];
  report(): Report;
}

/** Judges a table once all of it is read. @throws ProtocolError as {@link Intake} says */
export function conclude(
  report: Report,
  faults: Faults,
  axes: Axes | undefined,
  { onFault, minRows }: Required<ReadOptions>,
  header: boolean,
): void {
  const { rows, skipped } = report;
  if (rows + skipped === 0) throw new ProtocolError("TABLE_EMPTY", { header });
  axes?.expectPlausible(rows + skipped, faults);
  const refusal = refusalOf(report);
  const tooFew = rows < minRows;
  if (refusal && (onFault === "refuse" || (onFault === "skip" && tooFew))) throw refusal;
  if (!refusal && tooFew) throw new ProtocolError("TABLE_TOO_SMALL", { rows, minimum: minRows });
}
