/**
 * What a program finds around it: the language, without the parts that would let two runs of it differ, or make code out of text.
 * @module
 */

/** Names that stay. Whatever else an engine brings, today or tomorrow, goes: a clock, threads, entropy, locales, compilers. */
// prettier-ignore
const kept: ReadonlySet<string> = new Set([
  "Infinity", "NaN", "undefined", "globalThis", "Object", "Function", "Array", "Number",
  "Boolean", "String", "Symbol", "BigInt", "RegExp", "Promise", "Proxy", "Reflect", "Iterator",
  "Map", "Set", "WeakMap", "WeakSet", "JSON", "Math", "ArrayBuffer", "DataView", "Int8Array",
  "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array",
  "BigInt64Array", "BigUint64Array", "Float16Array", "Float32Array", "Float64Array", "Error",
  "AggregateError", "EvalError", "RangeError", "ReferenceError", "SuppressedError",
  "SyntaxError", "TypeError", "URIError", "DisposableStack", "AsyncDisposableStack",
  "parseFloat", "parseInt", "isFinite", "isNaN", "decodeURI", "decodeURIComponent", "encodeURI",
  "encodeURIComponent",
  // Says nothing to nobody, and libraries warn.
  "console",
]);

/** @param traces whether errors may say where they came from: on mock data only */
export function strip(traces: boolean): void {
  for (const name of Reflect.ownKeys(globalThis))
    if (typeof name === "string" && !kept.has(name)) Reflect.deleteProperty(globalThis, name);
  closeCompilers();
  fixLocales();
  if (!traces) hideStacks();
}

/** `constructor.constructor("...")`, and its three relatives that have no global name. */
function closeCompilers(): void {
  const samples = [
    () => undefined,
    async () => undefined,
    function* () {},
    async function* () {},
  ] as const;
  for (const sample of samples) {
    const prototype = Object.getPrototypeOf(sample) as object;
    // Its own for each: their prototypes differ.
    const refuse = refusal();
    // `f instanceof Function` goes on working.
    Object.defineProperty(refuse, "prototype", { value: prototype, writable: false });
    define(prototype, "constructor", refuse);
    if (sample === samples[0]) define(globalThis, "Function", refuse);
  }
}

const refusal = () =>
  // oxlint-disable-next-line unicorn/consistent-function-scoping -- four of them are wanted
  function Function(): never {
    throw new EvalError("a program makes no code out of text");
  };

/** Locale methods, as if there were one locale: code units in their order, digits as JavaScript writes them. */
function fixLocales(): void {
  const text = String.prototype;
  define(text, "localeCompare", function localeCompare(this: string, that: unknown): number {
    const other = String(that);
    return this < other ? -1 : this > other ? 1 : 0;
  });
  define(text, "toLocaleUpperCase", function toLocaleUpperCase(this: string): string {
    return this.toUpperCase();
  });
  define(text, "toLocaleLowerCase", function toLocaleLowerCase(this: string): string {
    return this.toLowerCase();
  });
  const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as object;
  const written = [Object.prototype, Array.prototype, Number.prototype, BigInt.prototype];
  for (const prototype of [...written, typedArray])
    define(
      prototype,
      "toLocaleString",
      function toLocaleString(this: { toString(): string }): string {
        return this.toString();
      },
    );
}

/** A stack says how deep the engine inlined, and where the enclave's files lie. */
function hideStacks(): void {
  define(Error, "captureStackTrace", () => undefined);
  for (const [name, value] of [
    ["stackTraceLimit", 0],
    ["prepareStackTrace", undefined],
  ] as const)
    Object.defineProperty(Error, name, { value, writable: false, configurable: false });
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, {
    value,
    writable: true,
    enumerable: false,
    configurable: true,
  });
}
