/** Bad rows, counted and the first of them kept. @module */
import { ProtocolError } from "../../../protocol/errors.ts";
import type { RowCode, RowFacts, RowFault } from "../../../protocol/row-fault.ts";

/** Faults kept; more are counted only, so that a bad file of any size fits in memory. */
export const MAX_FAULTS = 1000;

/** What a reader found. */
export interface Report {
  /** Valid rows. */
  readonly rows: number;
  /** Rows with at least one fault. */
  readonly skipped: number;
  /** Column of the specification to its name in the file's header. */
  readonly columns: Readonly<Record<string, string>>;
  /** The first 1000 faults, by row. */
  readonly faults: readonly RowFault[];
  /** All faults, those not in the list too, by code. */
  readonly counts: Readonly<Partial<Record<RowCode, number>>>;
}

/** Why a cell is refused. */
export type Refusal = Pick<RowFault, "code" | "kind" | "reason">;

/** Collects faults. */
export class Faults {
  readonly list: RowFault[] = [];
  readonly counts: Partial<Record<RowCode, number>> = {};
  #lastRow = -1;
  /** Rows with a fault; those of one row come one after the other. */
  rows = 0;

  add(row: number, column: string, { code, kind, reason }: Refusal): void {
    this.counts[code] = (this.counts[code] ?? 0) + 1;
    if (row !== this.#lastRow) this.rows += 1;
    this.#lastRow = row;
    if (this.list.length < MAX_FAULTS) this.list.push({ row, column, code, kind, reason });
  }

  /** The error for a fault of the file as a whole, which no skipping of rows cures; bad rows found before it come along. */
  fatal(fault: RowFault, count = 1): ProtocolError<RowCode> {
    const { code, ...first } = fault;
    const faults = [fault, ...this.list].slice(0, MAX_FAULTS);
    return new ProtocolError(code, { ...first, count, faults });
  }
}

/** How many faults there are. */
export const countOf = ({ counts }: Pick<Report, "counts">): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/**
 * The error a report amounts to: the code all its faults share, otherwise ROWS_INVALID; `row` and `column` are the first fault's.
 * @returns undefined without a fault
 */
export function refusalOf(
  report: Pick<Report, "faults" | "counts">,
): ProtocolError<RowCode> | undefined {
  const { faults, counts } = report;
  const [first] = faults;
  if (!first) return undefined;
  const { code, ...facts } = first;
  const all: RowFacts = { ...facts, count: countOf(report), faults };
  return new ProtocolError(Object.keys(counts).length === 1 ? code : "ROWS_INVALID", all);
}
