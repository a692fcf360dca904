/** Reading a program's manifest: canonical JSON whose hash is on chain. @module */
import { Type } from "typebox";
import { Value } from "typebox/value";
import { fromUtf8 } from "./bytes.ts";
import { ProtocolError } from "./errors.ts";
import { parseCanonicalJson } from "./json.ts";
import type { FunctionSpec, Manifest, TableSpec } from "./program.ts";

const strict = { additionalProperties: false } as const;
const Name = Type.String({ pattern: "^[a-z][a-z0-9-]{0,63}$" });
const Label = Type.String({ minLength: 1, maxLength: 64 });

const ColumnSpecShape = Type.Object(
  {
    name: Name,
    type: Type.Union(
      (["fixed", "string", "boolean", "float64"] as const).map((type) => Type.Literal(type)),
    ),
    scale: Type.Optional(Type.Integer({ minimum: 0, maximum: 9 })),
    unit: Type.Optional(Label),
    min: Type.Optional(Type.Number()),
    max: Type.Optional(Type.Number()),
    optional: Type.Optional(Type.Boolean()),
  },
  strict,
);
const TableSpecShape = Type.Object(
  { name: Name, columns: Type.Array(ColumnSpecShape, { minItems: 1, maxItems: 32 }) },
  strict,
);
const Rule = Type.Union([
  Type.Object({ kind: Type.Literal("clusters"), table: Name }, strict),
  Type.Object({ kind: Type.Literal("classes"), table: Name, training: Name }, strict),
  Type.Object({ kind: Type.Literal("predictions"), training: Name }, strict),
]);
const ManifestShape = Type.Object(
  {
    name: Name,
    version: Label,
    runtime: Type.Integer({ minimum: 1 }),
    rows: Type.Boolean(),
    tables: Type.Array(TableSpecShape, { maxItems: 32 }),
    functions: Type.Record(
      Type.String({ pattern: "^[a-zA-Z][a-zA-Z0-9-]{0,63}$" }),
      Type.Object(
        {
          params: Type.Unknown(),
          privateTable: Type.Optional(TableSpecShape),
          reads: Type.Array(Name, { maxItems: 32 }),
          changesState: Type.Boolean(),
          release: Rule,
        },
        strict,
      ),
    ),
  },
  strict,
);

/**
 * Reads a manifest.
 * @param bytes canonical JSON, as hashed
 * @throws ProtocolError JSON_INVALID, MANIFEST_INVALID with the path of the first fault
 */
export function parseManifest(bytes: Uint8Array): Manifest {
  const value = parseCanonicalJson(fromUtf8(bytes, "manifest"));
  const [fault] = Value.Errors(ManifestShape, value);
  if (fault) throw new ProtocolError("MANIFEST_INVALID", { at: fault.instancePath || "/" });
  return value as unknown as Manifest;
}

/** @throws ProtocolError FUNCTION_UNKNOWN */
export function functionOf(manifest: Manifest, name: string): FunctionSpec {
  const spec = Object.hasOwn(manifest.functions, name) ? manifest.functions[name] : undefined;
  if (!spec)
    throw new ProtocolError("FUNCTION_UNKNOWN", { name, known: Object.keys(manifest.functions) });
  return spec;
}

/** Index and specification of a table. @throws ProtocolError TABLE_UNKNOWN */
export function tableOf(manifest: Manifest, name: string): { index: number; spec: TableSpec } {
  const index = manifest.tables.findIndex((table) => table.name === name);
  const spec = manifest.tables[index];
  if (!spec)
    throw new ProtocolError("TABLE_UNKNOWN", {
      name,
      known: manifest.tables.map((table) => table.name),
    });
  return { index, spec };
}
