/** Blocks put together again. @module */
import type { Column, Table } from "../../../protocol/program.ts";

type Values = Column["values"];
type Labels = Extract<Column, { type: "string" }>;

/** One table of all rows; blocks may have dictionaries of their own. */
export function joinBlocks(blocks: readonly Table[]): Table {
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
  const columns = Object.entries(blocks[0]?.columns ?? {}).map(([name, first]) => {
    const parts = blocks.map((block) => block.columns[name] as Column);
    if (first.type === "string") return [name, joinLabels(parts as Labels[], rows)] as const;
    const values = joined(
      parts.map((part) => part.values),
      rows,
    );
    return [name, { ...first, values } as Column] as const;
  });
  return { rows, columns: Object.fromEntries(columns) };
}

function joinLabels(parts: readonly Labels[], rows: number): Labels {
  const codes = new Map<string, number>();
  const values = parts.map((part) => {
    const map = part.dictionary.map((label) => {
      const code = codes.get(label) ?? codes.size;
      codes.set(label, code);
      return code;
    });
    return part.values.map((code) => map[code] as number);
  });
  return { type: "string", values: joined(values, rows), dictionary: [...codes.keys()] };
}

function joined<V extends Values>(parts: readonly V[], length: number): V {
  const [first] = parts as readonly [V];
  const whole = new (first.constructor as new (length: number) => V)(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
