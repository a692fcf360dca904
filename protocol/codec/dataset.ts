/**
 * Plaintext of a dataset. Little-endian, every part aligned to 8 bytes:
 *
 *   stream  = u32 magic "CLD1", u32 mask of the columns present, block*, end, zeros up to Padme length
 *   block   = u32 1, u32 rows (1 to 65,536), one column after the other
 *   column  = int32[] (fixed) | uint32[] codes (string) | u8[] (boolean) | float64[]
 *   end     = u32 2, u32 0, f64 total rows, one dictionary for each string column present
 *   dictionary = u32 entries, u32 bytes, (u8 length, UTF-8)*
 *
 * Dictionaries come at the end, so that a CSV of unknown length is sealed in one pass. Integers make sums exact: results are
 * bit-identical whatever the order of rows.
 * @module
 */
import { concat, fromUtf8, utf8 } from "../bytes.ts";
import { ProtocolError } from "../errors.ts";
import type { Column, ColumnSpec, Table, TableSpec } from "../program.ts";
import { padme } from "./padding.ts";
import { StreamReader } from "./reader.ts";

export const BLOCK_ROWS = 65_536;
/** "CLD1", little-endian. */
const MAGIC = 0x31444c43;
/** Labels are 1 to 64 bytes of UTF-8. */
export const MAX_LABEL = 64;
export const MAX_DICTIONARY = 65_536;

const width = { fixed: 4, string: 4, boolean: 1, float64: 8 } as const;
const aligned = (length: number): number => Math.ceil(length / 8) * 8;
const malformed = (what: string) => new ProtocolError("TABLE_MALFORMED", { what });

function words(...values: number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer);
}
function padded(bytes: Uint8Array): Uint8Array {
  return bytes.length % 8 === 0
    ? bytes
    : concat(bytes, new Uint8Array(aligned(bytes.length) - bytes.length));
}
const rawBytes = (values: ArrayBufferView): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** Columns of `spec` that a table has. @throws ProtocolError TABLE_MALFORMED when a required one is missing */
function presentColumns(spec: TableSpec, table: Table): ColumnSpec[] {
  return spec.columns.filter((column) => {
    const present = table.columns[column.name] !== undefined;
    if (!present && !column.optional) throw malformed(`column ${column.name} is missing`);
    return present;
  });
}

/** Global dictionary of one string column, filled as blocks pass. */
class Dictionary {
  readonly #codes = new Map<string, number>();

  /** Codes of a block's own dictionary, translated. */
  translate(codes: Uint32Array, labels: readonly string[]): Uint32Array {
    const map = labels.map((label) => {
      const known = this.#codes.get(label);
      if (known !== undefined) return known;
      this.#codes.set(label, this.#codes.size);
      return this.#codes.size - 1;
    });
    return codes.map((code) => {
      const global = map[code];
      if (global === undefined) throw malformed("a code is not in its dictionary");
      return global;
    });
  }

  encode(): Uint8Array {
    const entries = [...this.#codes.keys()].map((label) => {
      const bytes = utf8(label);
      if (bytes.length < 1 || bytes.length > MAX_LABEL) throw malformed("a label's length");
      return concat(Uint8Array.of(bytes.length), bytes);
    });
    if (entries.length > MAX_DICTIONARY) throw malformed("too many labels");
    const body = concat(...entries);
    return padded(concat(words(entries.length, body.length), body));
  }
}

/** Encodes blocks of rows; each block is a table of 1 to 65,536 rows with the columns of the first. */
export async function* encodeDataset(
  spec: TableSpec,
  blocks: AsyncIterable<Table> | Iterable<Table>,
): AsyncGenerator<Uint8Array> {
  let columns: ColumnSpec[] | undefined;
  const dictionaries = new Map<string, Dictionary>();
  let rows = 0;
  let written = 0;
  const out = (bytes: Uint8Array) => {
    written += bytes.length;
    return bytes;
  };
  for await (const block of blocks) {
    if (!columns) {
      columns = presentColumns(spec, block);
      const mask = columns.reduce((sum, column) => sum + 2 ** spec.columns.indexOf(column), 0);
      yield out(words(MAGIC, mask));
    }
    if (block.rows < 1 || block.rows > BLOCK_ROWS) throw malformed("rows of a block");
    rows += block.rows;
    yield out(words(1, block.rows));
    for (const { name, type } of columns) {
      const column = block.columns[name];
      if (column?.type !== type || column.values.length !== block.rows)
        throw malformed(`column ${name}`);
      if (column.type !== "string") yield out(padded(rawBytes(column.values)));
      else {
        const dictionary = dictionaries.get(name) ?? new Dictionary();
        dictionaries.set(name, dictionary);
        yield out(padded(rawBytes(dictionary.translate(column.values, column.dictionary))));
      }
    }
  }
  if (!columns) throw malformed("no rows");
  yield out(concat(words(2, 0), rawBytes(Float64Array.of(rows))));
  for (const { name, type } of columns)
    if (type === "string") yield out((dictionaries.get(name) as Dictionary).encode());
  const padding = padme(written) - written;
  for (let left = padding; left > 0; left -= BLOCK_ROWS)
    yield new Uint8Array(Math.min(left, BLOCK_ROWS));
}

/** Cuts a table into blocks. */
export function* blocksOf(table: Table): Generator<Table> {
  for (let from = 0; from < table.rows; from += BLOCK_ROWS) {
    const rows = Math.min(BLOCK_ROWS, table.rows - from);
    const columns = Object.entries(table.columns).map(
      ([name, column]) =>
        [name, { ...column, values: column.values.subarray(from, from + rows) } as Column] as const,
    );
    yield { rows, columns: Object.fromEntries(columns) };
  }
}

/** Bounds of a `fixed` column in scaled integers. */
export function fixedBounds(spec: ColumnSpec): { min: number; max: number } {
  const unit = 10 ** (spec.scale ?? 0);
  return {
    min: Math.max(-(2 ** 31), Math.round((spec.min ?? -Infinity) * unit)),
    max: Math.min(2 ** 31 - 1, Math.round((spec.max ?? Infinity) * unit)),
  };
}

function checkValues(spec: ColumnSpec, column: Column): void {
  const { min, max } =
    spec.type === "fixed"
      ? fixedBounds(spec)
      : spec.type === "float64"
        ? { min: spec.min ?? -Number.MAX_VALUE, max: spec.max ?? Number.MAX_VALUE }
        : { min: 0, max: column.type === "string" ? column.dictionary.length - 1 : 1 };
  const { values } = column;
  // Not `value < min || value > max`: NaN would pass that.
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!(value >= min && value <= max)) throw malformed(`a value of column ${spec.name}`);
  }
}

const arrays = {
  fixed: Int32Array,
  string: Uint32Array,
  boolean: Uint8Array,
  float64: Float64Array,
} as const;

/**
 * Decodes and checks a dataset: every value in its bounds, every code in its dictionary, padding zero.
 * @param limits most rows taken, so that a lying length cannot exhaust memory
 * @throws ProtocolError TABLE_MALFORMED
 */
export async function decodeDataset(
  spec: TableSpec,
  plain: AsyncIterable<Uint8Array>,
  limits: { readonly maxRows: number },
): Promise<Table> {
  const reader = new StreamReader(plain);
  const [magic, mask] = await reader.words(2);
  if (magic !== MAGIC) throw malformed("magic");
  const columns = spec.columns.filter((_, i) => ((mask as number) >>> i) & 1);
  const required = spec.columns.every((column) => column.optional || columns.includes(column));
  if (!required || (mask as number) >= 2 ** spec.columns.length) throw malformed("columns");

  const parts = columns.map((): Uint8Array[] => []);
  let rows = 0;
  for (;;) {
    const [type, count] = (await reader.words(2)) as [number, number];
    if (type === 2 && count === 0) break;
    if (type !== 1 || count < 1 || count > BLOCK_ROWS) throw malformed("block");
    rows += count;
    if (rows > limits.maxRows) throw malformed(`more than ${limits.maxRows} rows`);
    for (const [i, column] of columns.entries()) {
      const length = count * width[column.type];
      (parts[i] as Uint8Array[]).push(await reader.take(length));
      if ((await reader.take(aligned(length) - length)).some(Boolean)) throw malformed("alignment");
    }
  }
  const [total] = new Float64Array((await reader.take(8)).slice().buffer);
  if (total !== rows || rows === 0) throw malformed("number of rows");

  const decoded: Record<string, Column> = {};
  for (const [i, column] of columns.entries()) {
    const bytes = concat(...(parts[i] as Uint8Array[]));
    const values = new arrays[column.type](bytes.buffer as ArrayBuffer);
    decoded[column.name] = (
      column.type === "string"
        ? { type: "string", values, dictionary: await readDictionary(reader) }
        : { type: column.type, values }
    ) as Column;
    checkValues(column, decoded[column.name] as Column);
  }
  await reader.expectZeros(padme(reader.read) - reader.read);
  return { rows, columns: decoded };
}

async function readDictionary(reader: StreamReader): Promise<string[]> {
  const [entries, length] = (await reader.words(2)) as [number, number];
  if (entries > MAX_DICTIONARY || length > entries * (MAX_LABEL + 1)) throw malformed("dictionary");
  const bytes = await reader.take(length);
  if ((await reader.take(aligned(length) - length)).some(Boolean)) throw malformed("alignment");
  const labels: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = bytes[at] as number;
    const label = bytes.subarray(at + 1, at + 1 + size);
    if (size < 1 || size > MAX_LABEL || label.length !== size) throw malformed("label");
    labels.push(fromUtf8(label, "label"));
    at += 1 + size;
  }
  if (labels.length !== entries || new Set(labels).size !== entries) throw malformed("dictionary");
  return labels;
}
