/* oxlint-disable -- what every rule is against is what this file is for */
/**
 * Programs that mean harm, one a function. `won()` is what each hopes for; `lost()` says that there was nothing to be had.
 * Plain JavaScript on purpose: this is the module as it is published.
 */
const won = () => ({ kind: "value", value: { n: 1 } });
const lost = () => {
  throw Object.assign(new Error("nothing to be had"), { code: "TABLE_TOO_SMALL" });
};
const rowsOf = (context) => [...context.tables.locations[0].columns.latitude.values];
let kept;

export default {
  ordinary: () => ({ kind: "value", value: { n: 7 } }),

  loops: () => {
    for (;;);
  },
  floodsMicrotasks: async () => {
    for (;;) await undefined;
  },
  neverSettles: () => new Promise(() => undefined),
  growsBigInt: () => {
    for (let x = 3n; ;) x = (x * x) % 7n ** 40_000n;
  },
  backtracks: () => /^(a+)+$/.test(`${"a".repeat(60)}!`) && won(),
  readsTheClock: () => {
    const clocks = ["Date", "performance", "Temporal", "Intl", "setTimeout", "setInterval"];
    const more = ["setImmediate", "queueMicrotask", "Atomics", "SharedArrayBuffer", "Worker"];
    return [...clocks, ...more, "WeakRef", "FinalizationRegistry", "process", "require"].some(
      (name) => name in globalThis,
    )
      ? won()
      : lost();
  },

  fillsArrays: () => {
    for (const all = []; ;) all.push([1, 2, 3], { a: all.length });
  },
  fillsStrings: () => {
    for (let [all, i] = [[], 0]; ; i++) all.push(`${i}`.repeat(1 << 16).toUpperCase() + i);
  },
  fillsBuffers: () => {
    for (const all = []; ;) all.push(new Uint8Array(1 << 20).fill(1));
  },
  asksForOneBuffer: () => {
    try {
      return new ArrayBuffer(2 ** 40) && won();
    } catch {
      return won();
    }
  },
  fillsClosures: () => {
    const all = [];
    for (;;) {
      const inner = new Array(1000).fill(all.length);
      all.push(() => inner);
    }
  },
  recurses: () => {
    const deeper = (depth) => {
      try {
        return deeper(depth + 1);
      } catch {
        return depth;
      }
    };
    // How deep it came would be another number on another machine.
    return { kind: "value", value: { n: deeper(0) % 1000 } };
  },

  floods: () => {
    const line = Array.from({ length: 1000 }, () => "x".repeat(1000));
    return { kind: "value", value: Array.from({ length: 1000 }, () => line) };
  },
  floodsCodes: () => ({ kind: "value", value: { n: 1 }, codes: new Uint32Array(1 << 20) }),
  floodsAsks: (context) => {
    for (let i = 0; i < 20_000; i++) void context.state.get(`key ${i}`);
    return new Promise(() => undefined);
  },
  answersInAnotherForm: (context) => ({ kind: "value", value: { n: 1, rows: rowsOf(context) } }),
  answersByAnotherRule: (context) => ({
    kind: "clusters",
    k: 1,
    assignment: new Uint32Array(context.tables.locations[0].rows),
  }),
  pollutesPrototypes: () => {
    const stolen = { kind: "value", value: { n: 1 }, failure: "COHORT_TOO_SMALL", text: "{}" };
    Object.assign(Object.prototype, stolen);
    Array.prototype.push = () => 1;
    Array.prototype.map = () => [won()];
    JSON.parse = () => won();
    Promise.prototype.then = () => won();
    Object.entries = () => [["kind", "value"]];
    return {};
  },
  answersWithProxies: () => ({
    kind: "value",
    value: new Proxy({ n: 1 }, { get: () => 1n, getPrototypeOf: () => Object.prototype }),
  }),
  answersWithGetters: () => ({
    kind: "value",
    get value() {
      throw new Error("rows");
    },
  }),
  changesItsAnswer: () => {
    let reads = 0;
    return {
      get kind() {
        return reads++ === 0 ? "clusters" : "value";
      },
      value: { n: 1 },
    };
  },
  throwsItsRows: (context) => {
    throw {
      code: { toString: () => rowsOf(context).join() },
      stack: rowsOf(context).join(),
      toString: () => rowsOf(context).join(),
      get message() {
        return rowsOf(context).join();
      },
    };
  },
  speaksForTheGate: () => {
    throw Object.assign(new Error("gate"), { code: "COHORT_TOO_SMALL" });
  },

  keepsItsContext: (context) => {
    const before = kept ?? globalThis.kept ?? Object.prototype.kept;
    kept = context;
    globalThis.kept = context;
    return before ? won() : lost();
  },
  timesByCounting: () => {
    let count = 0;
    void Promise.resolve().then(() => (count = -1));
    for (; count >= 0 && count < 1e6; count++);
    return count === 1e6 ? lost() : won();
  },
  imports: async () => (await import("node:fs")) && won(),
  evaluates: () => eval("1") && won(),
  constructs: () => new Function("return this")() && won(),
  climbsConstructors: (context) => {
    const functions = [lost, async () => 1, function* () {}, async function* () {}];
    const more = [context.state.get, console.log, Math.sin, Math.random];
    for (const one of [...functions, ...more])
      try {
        if (one.constructor("return 1")) return won();
      } catch (error) {
        if (!(error instanceof EvalError)) throw error;
      }
    return lost();
  },
  compilesWebAssembly: () => new WebAssembly.Module(new Uint8Array([0, 97, 115, 109])) && won(),
  preparesStacks: () => {
    let seen;
    Error.prepareStackTrace = (_, sites) => (seen = sites);
    void new Error("where am I").stack;
    return seen ? won() : lost();
  },
  readsStacks: () => (/\d/.test(String(new Error("x").stack ?? "")) ? won() : lost()),
  wantsTheSalt: (context) => {
    const seen = new Set();
    const found = [];
    const walk = (value) => {
      if ((typeof value !== "object" && typeof value !== "function") || value === null) return;
      if (seen.has(value)) return;
      seen.add(value);
      if (value instanceof Uint8Array && value.length === 32) found.push(value);
      for (const key of Reflect.ownKeys(value)) {
        const { value: inner, get } = Reflect.getOwnPropertyDescriptor(value, key);
        walk(inner);
        walk(get);
      }
      walk(Reflect.getPrototypeOf(value));
    };
    walk(context);
    walk(globalThis);
    return found.length === 1 && found[0] === context.seed ? lost() : won();
  },
  writesWithoutRight: async (context) => {
    await context.state.set("key", 1);
    return won();
  },
};
