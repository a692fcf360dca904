/** The HTTP interface of a worker, out of its own routes. @module */
import { buildServer, type ServerPorts } from "../../worker/host/http/server.ts";
import { WorkerConfig } from "../../worker/config.ts";
import { Problem } from "../../protocol/api.ts";
import { Value } from "typebox/value";
import { code, table } from "./markdown.ts";

/** The parts of OpenAPI and JSON Schema that our routes use. */
interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  /** Of a record; as OpenAPI says it, and as JSON Schema does. */
  readonly additionalProperties?: boolean | Schema;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}
interface Body {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}
interface Operation {
  readonly summary?: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: Body;
  readonly responses?: Readonly<Record<string, Body>>;
}

const INTRODUCTION = `# The worker's HTTP interface

No accounts and no tokens: the chain is the access list, signatures decide, and whatever is given out is public or sealed. Every
worker serves the same as OpenAPI at \`GET /openapi.json\`. A refusal is JSON of this shape, with the status of its code
([errors](errors.md)):
`;

export async function httpReference(): Promise<string> {
  const { limits } = Value.Default(WorkerConfig, { limits: {} }) as Pick<WorkerConfig, "limits">;
  // The routes describe themselves; nobody asks them anything, so nothing stands behind them.
  const app = await buildServer({ limits, listen: "127.0.0.1:0", version: "" }, {} as ServerPorts);
  try {
    await app.ready();
    const { paths = {} } = app.swagger();
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods as Record<string, Operation>).map(
        ([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const,
      ),
    );
    return [
      INTRODUCTION,
      code(shape(Problem as Schema), "text"),
      ...routes.flatMap(([name, operation]) => section(name, operation)),
    ].join("\n\n");
  } finally {
    await app.close();
  }
}

function section(name: string, operation: Operation): string[] {
  const { summary, parameters = [], requestBody, responses = {} } = operation;
  const rows = parameters
    .toSorted((a, b) => places.indexOf(a.in) - places.indexOf(b.in))
    .map((parameter) => [
      `\`${parameter.name}\``,
      `${parameter.in}${parameter.required ? "" : ", optional"}`,
      `\`${shape(parameter.schema)}\``,
    ]);
  return [
    `## ${name.replaceAll("{", ":").replaceAll("}", "")}`,
    ...(summary === undefined ? [] : [`${summary}.`]),
    ...(rows.length > 0 ? [table(["parameter", "where", "form"], rows)] : []),
    ...bodyLines("Body", requestBody),
    ...answers(responses),
  ];
}

const places = ["path", "query", "header"];

/** Statuses that come with the same body, together. */
function answers(responses: Readonly<Record<string, Body>>): string[] {
  const own = Object.entries(responses).filter(([status]) => !status.endsWith("XX"));
  const alike = Map.groupBy(own, ([, answer]) => JSON.stringify(answer.content));
  return [...alike.values()].flatMap((group) => {
    const statuses = group.map(([status]) => status).join(", ");
    return bodyLines(`Answer ${statuses}`, group[0]?.[1]);
  });
}

function bodyLines(what: string, body: Body | undefined): string[] {
  if (!body) return [];
  const [media, { schema = {} } = {}] = Object.entries(body.content ?? {})[0] ?? [];
  if (media === undefined) return what.endsWith("204") ? [`${what}: nothing.`] : [];
  if (schema.type === undefined && !schema.anyOf) return [`${what}: \`${media}\`.`];
  if (schema.format === "binary") return [`${what}: bytes, \`${media}\`.`];
  return [`${what}, \`${media}\`:`, code(shape(schema), "text")];
}

/** Levels that are shown; deeper ones are in `/openapi.json` and in docs/protocol.md. */
const DEPTH = 3;

/** A schema in the words of TypeScript; what it cannot say stands behind it. */
function shape(schema: Schema, level = 0): string {
  const { type, anyOf, properties, items, patternProperties } = schema;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (anyOf) return anyOf.map((each) => shape(each, level)).join(" | ");
  if (items) return `(${shape(items, level)})[]`.replace(/^\((\w+|\{ … \})\)/, "$1");
  if (properties) {
    if (level === DEPTH) return "{ … }";
    const indent = "  ".repeat(level + 1);
    const lines = Object.entries(properties).map(([name, each]) => {
      const optional = schema.required?.includes(name) ? "" : "?";
      return `${indent}${name}${optional}: ${shape(each, level + 1)};`;
    });
    return ["{", ...lines, `${"  ".repeat(level)}}`].join("\n");
  }
  const more = schema.additionalProperties;
  const [values] = typeof more === "object" ? [more] : Object.values(patternProperties ?? {});
  if (values) return `{ [name: string]: ${shape(values, level)} }`;
  return scalar(schema, type);
}

function scalar({ pattern, minimum, maximum }: Schema, type = "unknown"): string {
  if (pattern !== undefined) return known[pattern] ?? `string /${pattern}/`;
  if (type === "integer") return `integer${range(minimum, maximum)}`;
  return type === "object" ? "{ … }" : type;
}

const range = (minimum: number | undefined, maximum: number | undefined): string =>
  minimum === undefined ? "" : maximum === undefined ? ` >= ${minimum}` : ` ${minimum}..${maximum}`;

/** Patterns that have a name. */
const known: Readonly<Record<string, string>> = {
  "^0x[0-9a-f]{64}$": "bytes32",
  "^0x[0-9a-f]{40}$": "address",
  "^0x[0-9a-f]{130}$": "signature",
};
