/** Reading a proposal as what it is: bytes from a stranger. @module */
import type { MemberTable } from "../../../protocol/program.ts";

export type Fields = ReadonlyMap<string, unknown>;

/**
 * Own fields of a proposal, each read once and copied: what was checked cannot change afterwards (shared memory,
 * getters), and no prototype answers for a field that is not there.
 * @returns undefined for what is not a plain record, or throws when read
 */
export function readProposal(proposal: unknown): Fields | undefined {
  if (typeof proposal !== "object" || proposal === null) return undefined;
  try {
    return new Map(Object.entries(proposal).map(([name, value]) => [name, copy(value)]));
  } catch {
    return undefined;
  }
}

function copy(value: unknown): unknown {
  if (value instanceof Uint32Array) return new Uint32Array(value);
  if (Array.isArray(value)) return Array.from<unknown>(value);
  return value;
}

/**
 * One code per row, each below `limit`; a Uint32Array holds no NaN, fraction or negative number.
 * @returns undefined for anything else
 */
export function readCodes(value: unknown, rows: number, limit: number): Uint32Array | undefined {
  if (!(value instanceof Uint32Array) || value.length !== rows) return undefined;
  return value.every((code) => code < limit) ? value : undefined;
}

/** Whether a list says exactly this. */
export function isSame(value: unknown, expected: ArrayLike<unknown>): boolean {
  if (!Array.isArray(value) && !(value instanceof Uint32Array)) return false;
  if (value.length !== expected.length) return false;
  for (let i = 0; i < expected.length; i++) if (value[i] !== expected[i]) return false;
  return true;
}

/** Datasets of a table; none at all when the table has no row. */
export function datasetsOf(
  tables: Readonly<Record<string, readonly MemberTable[]>>,
  name: string,
): readonly MemberTable[] {
  return Object.hasOwn(tables, name) ? tables[name]!.filter((table) => table.rows > 0) : [];
}
