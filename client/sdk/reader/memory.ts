/** Tables in memory, judged as strictly as files: what an enclave would refuse is refused here. @module */
import { blocksOf } from "../../../protocol/codec/dataset.ts";
import type { Column, ColumnSpec, Table, TableSpec } from "../../../protocol/program.ts";
import { Axes } from "./axes.ts";
import { Faults, type Report } from "./faults.ts";
import { conclude, settings, type Intake, type ReadOptions } from "./intake.ts";
import { judgeOf, type Judge } from "./judge.ts";
import { maxLabels, tooMany } from "./labels.ts";

export class MemoryReader implements Intake<Table> {
  readonly #spec: TableSpec;
  readonly #options: Required<ReadOptions>;
  readonly #faults = new Faults();
  readonly #axes: Axes | undefined;
  readonly #labels = new Map<string, Set<string>>();
  readonly #present = new Set<string>();
  #blocks: Table[] = [];
  #good = 0;
  #seen = 0;

  constructor(spec: TableSpec, options: ReadOptions = {}) {
    this.#spec = spec;
    this.#options = { ...settings, ...options };
    this.#axes = Axes.areIn(spec) ? new Axes() : undefined;
  }

  /** @throws ProtocolError TABLE_MALFORMED for columns of another type or length, COLUMN_MISSING, TOO_MANY_CLASSES */
  push(table: Table): void {
    const judges = this.#spec.columns.flatMap((spec) => judgeOf(spec, table));
    const bad = new Set(judges.flatMap((judge) => judge.badRows()));
    for (const row of [...bad].toSorted((a, b) => a - b)) this.#refuse(judges, row);
    const good = bad.size === 0 ? table : without(table, bad);
    for (const { spec } of judges) {
      this.#present.add(spec.name);
      this.#countLabels(spec, good);
    }
    this.#seen += table.rows;
    this.#good += good.rows;
    const isWanted = this.#options.onFault === "skip" || this.#faults.rows === 0;
    if (isWanted && this.#options.onFault !== "report") this.#blocks.push(...blocksOf(good));
  }

  /** @throws ProtocolError as {@link Intake} says */
  end(): void {
    conclude(this.report(), this.#faults, this.#axes, this.#options, true);
  }

  take(): Table[] {
    const blocks = this.#blocks;
    this.#blocks = [];
    return blocks;
  }

  report(): Report {
    const { list: faults, counts, rows: skipped } = this.#faults;
    const columns = Object.fromEntries([...this.#present].map((name) => [name, name]));
    return { rows: this.#good, skipped, columns, faults, counts };
  }

  #refuse(judges: readonly Judge[], row: number): void {
    const number = this.#seen + row + 1;
    const units = (name: string): number =>
      judges.find(({ spec }) => spec.name === name)?.units(row) ?? NaN;
    for (const judge of judges) {
      const refusal = judge.refuse(row);
      if (refusal) this.#faults.add(number, judge.spec.name, refusal);
    }
    this.#axes?.observe(number, units("latitude"), units("longitude"));
  }

  /** Labels that rows carry; those only the dictionary has do not count. */
  #countLabels(spec: ColumnSpec, { columns }: Table): void {
    const column = columns[spec.name];
    if (column?.type !== "string") return;
    const known = this.#labels.get(spec.name) ?? new Set();
    this.#labels.set(spec.name, known);
    const limit = maxLabels(spec, this.#options.maxClasses);
    const used = new Uint8Array(column.dictionary.length);
    for (const [row, code] of column.values.entries()) {
      if (used[code] === 1) continue;
      used[code] = 1;
      known.add(column.dictionary[code] as string);
      if (known.size <= limit) continue;
      throw this.#faults.fatal({ row: this.#seen + row + 1, column: spec.name, ...tooMany(limit) });
    }
  }
}

function without(table: Table, bad: ReadonlySet<number>): Table {
  const columns = Object.entries(table.columns).map(([name, column]) => {
    const values = (column.values as Int32Array).filter((_, row) => !bad.has(row));
    return [name, { ...column, values } as Column] as const;
  });
  return { rows: table.rows - bad.size, columns: Object.fromEntries(columns) };
}
