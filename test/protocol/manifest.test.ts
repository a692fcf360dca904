import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { utf8 } from "../../protocol/bytes.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { canonicalJson, type Json } from "../../protocol/json.ts";
import { parseManifest } from "../../protocol/manifest.ts";

const coordinate = (name: string) => ({ name, type: "fixed", scale: 6, min: -180, max: 180 });
const none = { type: "object", additionalProperties: false };
const value = { kind: "value", schema: { type: "integer", minimum: 0, maximum: 9 } };
const ask = { params: none, reads: ["places"], changesState: false, release: value };
const manifest = {
  name: "test",
  version: "1.0.0",
  runtime: 1,
  rows: false,
  tables: [
    { name: "places", columns: [coordinate("latitude"), coordinate("longitude")] },
    {
      name: "names",
      columns: [
        { name: "label", type: "string" },
        { name: "price", type: "fixed" },
      ],
    },
  ],
  functions: { ask },
};

const bytesOf = (json: unknown) => utf8(canonicalJson(JSON.parse(JSON.stringify(json))));
/** Code and path of the refusal. */
function refusal(bytes: Uint8Array): string | undefined {
  try {
    parseManifest(bytes);
    return undefined;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return "at" in error.facts ? `${error.code} ${error.facts.at}` : error.code;
  }
}
const withFunction = (changes: object) => ({
  ...manifest,
  functions: { ask: { ...ask, ...changes } },
});
const withRelease = (release: object, reads = ["places", "names"]) =>
  withFunction({ release, reads });
const withColumns = (columns: readonly object[]) => ({
  ...manifest,
  tables: [...manifest.tables, { name: "more", columns }],
});
const release = "/functions/ask/release";

describe("parseManifest", () => {
  it("reads manifests as they are", () => {
    expect(parseManifest(bytesOf(manifest))).toEqual(manifest);
    const shipped = new URL("../../programs/location-analytics/manifest.json", import.meta.url);
    expect(refusal(bytesOf(JSON.parse(readFileSync(shipped, "utf8"))))).toBeUndefined();
    const full = withFunction({
      summary: "How many rows there are",
      release: { ...value, public: true },
      privateTable: manifest.tables[1],
    });
    const limits = { seconds: 10, memoryMiB: 128, outputBytes: 4096 };
    expect(refusal(bytesOf({ ...full, limits }))).toBeUndefined();
  });

  it.each<[string, object, string]>([
    ["no function", { ...manifest, functions: {} }, "/functions"],
    ["a function of another name", { ...manifest, functions: { "a b": ask } }, "/functions/a b"],
    ["a field of its own", { ...manifest, note: "" }, "/note"],
    ["a version that moves the cursor", { ...manifest, version: "1\u001b[2K" }, "/version"],
    [
      "a summary that turns around",
      withFunction({ summary: "\u202eno" }),
      "/functions/ask/summary",
    ],
    ["a long summary", withFunction({ summary: "a".repeat(201) }), "/functions/ask/summary"],
    [
      "a unit on two lines",
      withColumns([{ name: "a", type: "fixed", unit: "a\nb" }]),
      "/tables/2/columns/0/unit",
    ],
    ["limits over everyone's", { ...manifest, limits: { seconds: 3601 } }, "/limits/seconds"],
    ["a limit that is unknown", { ...manifest, limits: { minutes: 1 } }, "/limits/minutes"],
    [
      "a name that would move the cursor of who reads the fault",
      { ...manifest, "\u001b[2J": 1 },
      "/",
    ],
    ["open parameters", withFunction({ params: { type: "object" } }), "/functions/ask/params"],
    ["parameters that are any", withFunction({ params: true }), "/functions/ask/params"],
    [
      "an open value",
      withRelease({ kind: "value", schema: { type: "string" } }),
      `${release}/schema`,
    ],
    [
      "a value named aggregate",
      withRelease({
        kind: "value",
        schema: { ...none, properties: { aggregate: { type: "null" } } },
      }),
      `${release}/schema/properties/aggregate`,
    ],
    [
      "a value of 2 MiB",
      withRelease({
        kind: "value",
        schema: { type: "array", maxItems: 6, items: { type: "string", maxLength: 60_000 } },
      }),
      `${release}/schema`,
    ],
    [
      "an answer to the caller that is public",
      withRelease({ ...value, to: "caller", public: true }),
      `${release}/public`,
    ],
    [
      "an answer to somebody else",
      withRelease({ ...value, to: "member 3" }),
      "/functions/ask/release",
    ],
    [
      "a table twice",
      { ...manifest, tables: [manifest.tables[0], manifest.tables[0]] },
      "/tables/1/name",
    ],
    ["a column twice", withColumns([coordinate("a"), coordinate("a")]), "/tables/2/columns/1/name"],
    [
      "a scale of text",
      withColumns([{ name: "a", type: "string", scale: 2 }]),
      "/tables/2/columns/0/scale",
    ],
    ["bounds of text", withColumns([{ name: "a", type: "string", max: 2 }]), "/tables/2/columns/0"],
    [
      "bounds the wrong way round",
      withColumns([{ name: "a", type: "fixed", min: 2, max: 1 }]),
      "/tables/2/columns/0/min",
    ],
    ["an unknown table", withFunction({ reads: ["places", "people"] }), "/functions/ask/reads/1"],
    ["a table read twice", withFunction({ reads: ["places", "places"] }), "/functions/ask/reads/1"],
    [
      "clusters of an unknown table",
      withRelease({ kind: "clusters", table: "people" }),
      `${release}/table`,
    ],
    [
      "clusters of a table it does not read",
      withRelease({ kind: "clusters", table: "places" }, ["names"]),
      `${release}/table`,
    ],
    [
      "clusters of rows without a place",
      withRelease({ kind: "clusters", table: "names" }),
      release,
    ],
    [
      "classes from rows without a label",
      withRelease({ kind: "classes", table: "places", training: "places" }),
      release,
    ],
    [
      "predictions from rows without a label",
      withRelease({ kind: "predictions", training: "places" }),
      release,
    ],
    [
      "predictions for nobody's rows",
      withRelease({ kind: "predictions", training: "names" }),
      "/functions/ask/privateTable",
    ],
    [
      "private columns twice",
      withFunction({ privateTable: { name: "own", columns: [coordinate("a"), coordinate("a")] } }),
      "/functions/ask/privateTable/columns/1/name",
    ],
  ])("refuses %s", (_, wrong, at) => {
    expect(refusal(bytesOf(wrong))).toBe(`MANIFEST_INVALID ${at}`);
  });

  it("refuses an optional column where the rule needs it, and another scale", () => {
    const places = (changes: object) => ({
      ...withRelease({ kind: "clusters", table: "places" }, ["places"]),
      tables: [
        {
          name: "places",
          columns: [coordinate("latitude"), { ...coordinate("longitude"), ...changes }],
        },
      ],
    });
    expect(refusal(bytesOf(places({})))).toBeUndefined();
    for (const changes of [{ optional: true }, { scale: 5 }, { type: "float64", scale: undefined }])
      expect(refusal(bytesOf(places(changes)))).toBe(`MANIFEST_INVALID ${release}`);
  });

  it("refuses nesting without end, before it reads on", () => {
    for (const depth of [65, 100_000]) {
      const deep = `${"[".repeat(depth)}${"]".repeat(depth)}`;
      expect(refusal(utf8(deep))).toBe("JSON_INVALID");
    }
  });

  it("answers any bytes, and any change of a manifest, with a manifest or a named error", () => {
    const codes = /^(?:read$|MANIFEST_INVALID \/|JSON_INVALID|BYTES_INVALID)/;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(refusal(bytes) ?? "read").toMatch(codes);
      }),
    );
    const paths = pathsOf(JSON.parse(JSON.stringify(manifest)) as Json);
    const edit = fc.tuple(
      fc.constantFrom(...paths),
      fc.oneof(fc.jsonValue(), fc.constantFrom("places", "value", 1, true)),
    );
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        const changed = JSON.parse(JSON.stringify(manifest)) as Json;
        for (const [path, replacement] of edits) put(changed, path, replacement as Json);
        expect(refusal(bytesOf(changed)) ?? "read").toMatch(codes);
      }),
      { numRuns: 2000 },
    );
  });
});

/** Paths to all parts below the root. */
function pathsOf(node: Json, path: readonly string[] = []): (readonly string[])[] {
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([key, child]) => [
    [...path, key],
    ...pathsOf(child, [...path, key]),
  ]);
}

function put(root: Json, path: readonly string[], replacement: Json): void {
  const [key, ...rest] = path;
  if (key === undefined || typeof root !== "object" || root === null) return;
  const parts = root as Record<string, Json>;
  if (rest.length === 0) parts[key] = replacement;
  else put(parts[key] ?? null, rest, replacement);
}
