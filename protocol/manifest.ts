/** Reading a program's manifest: canonical JSON whose hash is on chain. @module */
import { Type } from "typebox";
import { Value } from "typebox/value";
import { fromUtf8 } from "./bytes.ts";
import { expectClosedSchema } from "./closed-schema/dialect.ts";
import { isPlainText } from "./closed-schema/plain-text.ts";
import { ProtocolError } from "./errors.ts";
import { parseCanonicalJson } from "./json.ts";
import { expectConsistent } from "./manifest-rules.ts";
import type { FunctionSpec, Manifest, TableSpec } from "./program.ts";

/** A path holds names of the stranger's choosing, and is printed. */
const MAX_PATH = 256;
const strict = { additionalProperties: false } as const;
const Name = Type.String({ pattern: "^[a-z][a-z0-9-]{0,63}$" });
/** Shown to members before they agree. */
const Plain = (maxLength: number) =>
  Type.Refine(
    Type.String(),
    (text) => isPlainText(text, maxLength),
    () => `must be 1 to ${maxLength} visible characters`,
  );
const Whole = (minimum: number, maximum: number) => Type.Integer({ minimum, maximum });

const ColumnSpecShape = Type.Object(
  {
    name: Name,
    type: Type.Union(
      (["fixed", "string", "boolean", "float64"] as const).map((type) => Type.Literal(type)),
    ),
    scale: Type.Optional(Whole(0, 9)),
    unit: Type.Optional(Plain(64)),
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
  Type.Object(
    {
      kind: Type.Literal("value"),
      schema: Type.Unknown(),
      to: Type.Optional(Type.Literal("caller")),
      public: Type.Optional(Type.Literal(true)),
    },
    strict,
  ),
]);
const FunctionSpecShape = Type.Object(
  {
    summary: Type.Optional(Plain(200)),
    params: Type.Unknown(),
    privateTable: Type.Optional(TableSpecShape),
    reads: Type.Array(Name, { maxItems: 32 }),
    changesState: Type.Boolean(),
    release: Rule,
  },
  strict,
);
const ManifestShape = Type.Object(
  {
    name: Name,
    version: Plain(64),
    runtime: Type.Integer({ minimum: 1 }),
    rows: Type.Boolean(),
    tables: Type.Array(TableSpecShape, { maxItems: 32 }),
    functions: Type.Record(
      Type.String({ pattern: "^[a-zA-Z][a-zA-Z0-9-]{0,63}$" }),
      FunctionSpecShape,
      { ...strict, minProperties: 1, maxProperties: 64 },
    ),
    limits: Type.Optional(
      Type.Object(
        {
          seconds: Type.Optional(Whole(1, 3600)),
          memoryMiB: Type.Optional(Whole(16, 65_536)),
          outputBytes: Type.Optional(Whole(1, 2 ** 23)),
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
 * @throws ProtocolError BYTES_INVALID, JSON_INVALID, MANIFEST_INVALID with the path of the first fault
 */
export function parseManifest(bytes: Uint8Array): Manifest {
  const value = parseCanonicalJson(fromUtf8(bytes, "manifest"));
  const [fault] = Value.Errors(ManifestShape, value);
  if (fault)
    throw new ProtocolError("MANIFEST_INVALID", {
      at: isPlainText(fault.instancePath, MAX_PATH) ? fault.instancePath : "/",
      why: fault.message,
    });
  const manifest = value as unknown as Manifest;
  for (const [name, { params, release }] of Object.entries(manifest.functions)) {
    expectClosedSchema(params, `/functions/${name}/params`);
    // An object with this name in a proposal is a request to the gate.
    if (release.kind === "value")
      expectClosedSchema(release.schema, `/functions/${name}/release/schema`, "aggregate");
  }
  expectConsistent(manifest);
  return manifest;
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
