/** What the parts of a manifest must be to each other, once each has its shape. @module */
import { largestOutput } from "./closed-schema/bound.ts";
import { ProtocolError } from "./errors.ts";
import type { ColumnSpec, FunctionSpec, Manifest, ReleaseRule, TableSpec } from "./program.ts";

/** Bytes of the largest value a rule may let out: an answer has to be sealed, stored and sent by every worker. */
export const MAX_VALUE_BYTES = 2 ** 20;

/** @throws ProtocolError MANIFEST_INVALID with the path of the first fault */
export function expectConsistent({ tables, functions }: Manifest): void {
  expectDifferent(tables, "/tables");
  for (const [i, table] of tables.entries()) expectColumns(table, `/tables/${i}`);
  for (const [name, spec] of Object.entries(functions))
    expectFunction(spec, tables, `/functions/${name}`);
}

function fault(at: string, why: string): never {
  throw new ProtocolError("MANIFEST_INVALID", { at, why });
}

function expectDifferent(named: readonly { readonly name: string }[], at: string): void {
  const twice = named.findIndex(({ name }, i) => named.findIndex((one) => one.name === name) < i);
  if (twice >= 0) fault(`${at}/${twice}/name`, "is there twice");
}

function expectColumns({ columns }: TableSpec, at: string): void {
  expectDifferent(columns, `${at}/columns`);
  for (const [i, { type, scale, min, max }] of columns.entries()) {
    const path = `${at}/columns/${i}`;
    const isNumber = type === "fixed" || type === "float64";
    if (scale !== undefined && type !== "fixed") fault(`${path}/scale`, "is for fixed columns");
    if ((min !== undefined || max !== undefined) && !isNumber)
      fault(path, "has bounds and is no column of numbers");
    if (min !== undefined && max !== undefined && min > max) fault(`${path}/min`, "is over max");
  }
}

function expectFunction(spec: FunctionSpec, tables: readonly TableSpec[], at: string): void {
  if (spec.privateTable) expectColumns(spec.privateTable, `${at}/privateTable`);
  for (const [i, name] of spec.reads.entries()) {
    if (!tables.some((table) => table.name === name)) fault(`${at}/reads/${i}`, "names no table");
    if (spec.reads.indexOf(name) < i) fault(`${at}/reads/${i}`, "is there twice");
  }
  const read = (name: string, field: string): TableSpec =>
    spec.reads.includes(name)
      ? tables.find((table) => table.name === name)!
      : fault(`${at}/release/${field}`, "names no table that the function reads");
  expectRule(spec.release, read, at);
  if (spec.release.kind === "predictions" && !spec.privateTable)
    fault(`${at}/privateTable`, "is missing: predictions are for rows of the asker");
}

function expectRule(
  rule: ReleaseRule,
  read: (name: string, field: string) => TableSpec,
  at: string,
): void {
  switch (rule.kind) {
    case "clusters":
      // The gate takes positions for micro-degrees.
      for (const name of ["latitude", "longitude"])
        expectColumn(read(rule.table, "table"), { name, type: "fixed", scale: 6 }, at);
      return;
    case "classes":
      read(rule.table, "table");
      return expectColumn(read(rule.training, "training"), { name: "label", type: "string" }, at);
    case "predictions":
      return expectColumn(read(rule.training, "training"), { name: "label", type: "string" }, at);
    case "value":
      if (largestOutput(rule.schema) > MAX_VALUE_BYTES)
        fault(`${at}/release/schema`, `takes values of more than ${MAX_VALUE_BYTES} bytes`);
      if (rule.to && rule.public)
        fault(`${at}/release/public`, "is against an answer to the caller");
  }
}

function expectColumn({ name, columns }: TableSpec, wanted: ColumnSpec, at: string): void {
  const found = columns.some(
    (column) =>
      column.name === wanted.name &&
      column.type === wanted.type &&
      (column.scale ?? 0) === (wanted.scale ?? 0) &&
      column.optional !== true,
  );
  const scaled = wanted.scale === undefined ? "" : ` of scale ${wanted.scale}`;
  if (!found)
    fault(
      `${at}/release`,
      `needs a ${wanted.type} column ${wanted.name}${scaled} in table ${name}, in every dataset`,
    );
}
