/** `test/vectors/kernels.json`: what each kernel must give, to the byte. Rows in micro-degrees. */
import { fromHex, type Hex } from "../../../protocol/bytes.ts";
import type { Json } from "../../../protocol/json.ts";
import type { MemberTable } from "../../../protocol/program.ts";
import type { KernelFacts, KernelName } from "../../../programs/kernels/kernels.ts";

interface VectorTable {
  readonly member: number;
  readonly latitude: readonly number[];
  readonly longitude: readonly number[];
  readonly label: readonly string[];
}
export interface KernelVector {
  readonly says: string;
  readonly kernel: KernelName;
  readonly seed: Hex;
  /** `private` is the private table. */
  readonly tables: Readonly<Record<string, readonly VectorTable[]>>;
  readonly input: Json;
  /** Lists of codes as plain lists. */
  readonly proposal: Json;
}

export function factsOf({ seed, tables }: KernelVector): KernelFacts {
  const { private: asked, ...shared } = Object.fromEntries(
    Object.entries(tables).map(([name, list]) => [name, list.map(tableOf)]),
  );
  return {
    tables: shared,
    seed: fromHex(seed),
    ...(asked?.[0] && { privateTable: asked[0] }),
  };
}

function tableOf({ member, latitude, longitude, label }: VectorTable): MemberTable {
  const dictionary = [...new Set(label)];
  return {
    member,
    rows: label.length,
    columns: {
      latitude: { type: "fixed", values: Int32Array.from(latitude) },
      longitude: { type: "fixed", values: Int32Array.from(longitude) },
      label: {
        type: "string",
        values: Uint32Array.from(label, (text) => dictionary.indexOf(text)),
        dictionary,
      },
    },
  };
}
