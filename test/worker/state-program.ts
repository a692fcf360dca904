/** A program that keeps a sum and notes, for tests of the private state. Not one to imitate: it says what it finds. */
import { utf8 } from "../../protocol/bytes.ts";
import { canonicalJson } from "../../protocol/json.ts";
import { RUNTIME_VERSION, type FunctionSpec, type Manifest } from "../../protocol/program.ts";

const module = `
const number = async (state) => (await state.get("sum")) ?? 0;
export default {
  async add({ state, params, task, caller }) {
    const sum = (await number(state)) + params.by;
    await state.set("sum", sum);
    if (params.note) await state.set("note/" + params.note, { by: caller, at: task.version });
    return { kind: "value", value: { sum, version: task.version } };
  },
  async fails({ state, params }) {
    await state.set("sum", 999);
    throw new Error("on purpose");
  },
  async fill({ state, params }) {
    const text = "v".repeat(params.size);
    for (let i = params.from; i < params.from + params.keys; i++)
      await state.set("item/" + String(i).padStart(8, "0"), text);
    return { kind: "value", value: { sum: params.keys, version: 0 } };
  },
  async remove({ state }) {
    await state.delete("sum");
    return { kind: "value", value: { sum: 0, version: 0 } };
  },
  async total({ state, task }) {
    return { kind: "value", value: { sum: await number(state), version: task.version } };
  },
  async item({ state, params, task }) {
    const text = await state.get("item/" + String(params.from).padStart(8, "0"));
    return { kind: "value", value: { sum: text ? text.length : 0, version: task.version } };
  },
  async sneak({ state, task }) {
    let refused = 0;
    await state.set("sum", 1).catch((error) => { refused = error instanceof TypeError ? 1 : 2; });
    return { kind: "value", value: { sum: refused, version: task.version } };
  },
};
`;

const whole = (maximum: number) => ({ type: "integer", minimum: 0, maximum }) as const;
const object = (
  properties: Readonly<Record<string, object>>,
  required: readonly string[] = Object.keys(properties),
) => ({ type: "object", additionalProperties: false, properties, required });

const spec = (changesState: boolean, params: object): FunctionSpec =>
  ({
    params,
    reads: [],
    changesState,
    release: {
      kind: "value",
      schema: object({ sum: whole(1_000_000_000), version: whole(1_000_000) }),
    },
  }) as unknown as FunctionSpec;
const nothing = object({});
const count = whole(1_000_000_000);
const note = { type: "string", maxLength: 40 };

const manifest: Manifest = {
  name: "state-test",
  version: "1",
  runtime: RUNTIME_VERSION,
  rows: false,
  tables: [],
  functions: {
    add: spec(true, object({ by: count, note }, ["by"])),
    fails: spec(true, nothing),
    fill: spec(true, object({ from: count, keys: count, size: count })),
    remove: spec(true, nothing),
    total: spec(false, nothing),
    item: spec(false, object({ from: count })),
    sneak: spec(false, nothing),
  },
};

export const stateProgram = {
  module: utf8(module),
  manifest: utf8(canonicalJson(manifest)),
  requests: Object.keys(manifest.functions).map((name) => ({ function: name })),
};
