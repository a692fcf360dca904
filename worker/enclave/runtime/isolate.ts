/** One V8 isolate and the program in it, as seen from the guest's process. @module */
import type ivm from "isolated-vm";
import { fromUtf8 } from "../../../protocol/bytes.ts";
import type { MemberTable, Table } from "../../../protocol/program.ts";
import type { GuestCall } from "./outcome.ts";
import type { OutputCaps } from "./output-caps.ts";
import type { Answer } from "./realm/asks.ts";
import type { IsolateCall, IsolateTable } from "./realm/context.ts";
import type * as realm from "./realm/main.ts";
import type { Progress } from "./realm/main.ts";
import { mapValues } from "./map-values.ts";

/** The isolate used more memory than it may; it is gone. */
export class OutOfMemory extends Error {}

/** `esbuild` puts the realm's bundle here: a script whose value is its exports. */
declare const REALM: string;

type Realm = typeof realm;

export class ProgramIsolate {
  readonly #ivm: typeof ivm;
  readonly #isolate: ivm.Isolate;
  readonly #context: ivm.Context;
  readonly #traces: boolean;
  readonly #realm: ivm.Reference<Realm>;

  /**
   * An empty isolate, ready for one call.
   * @param memoryMiB of heap and buffers together, the inputs' copy among them
   * @param traces whether errors may say where they came from: on mock data only
   */
  constructor(library: typeof ivm, memoryMiB: number, traces: boolean) {
    this.#ivm = library;
    this.#traces = traces;
    this.#isolate = new library.Isolate({ memoryLimit: memoryMiB });
    this.#context = this.#isolate.createContextSync();
    this.#realm = this.#context.evalSync(REALM, { reference: true }) as ivm.Reference<Realm>;
    this.#call("prepare", [traces]);
  }

  /**
   * Runs the program until it has nothing left to do by itself. It may never come back: whoever started this process ends it.
   * @throws OutOfMemory
   */
  run(call: GuestCall, caps: OutputCaps): Progress {
    const buffers: ivm.Copy<ArrayBuffer>[] = [];
    const place = (view: ArrayBufferView): number => buffers.push(this.#move(view)) - 1;
    const { tables, privateTable, seed, ...facts } = call.facts;
    const pooled = (one: MemberTable) =>
      call.rows ? { member: one.member, ...isolateTable(one, place) } : { member: one.member };
    const text = JSON.stringify({
      functionName: call.functionName,
      facts,
      tables: mapValues(tables, (list) => list.map(pooled)),
      ...(privateTable && { privateTable: isolateTable(privateTable, place) }),
      seed: place(seed),
    } satisfies IsolateCall);
    this.#call("seed", [this.#move(seed)]);
    const loaded = this.#load(call.module);
    if ("kind" in loaded) return loaded;
    this.#call("start", [loaded, text, JSON.stringify(caps), ...buffers]);
    return this.#poll();
  }

  /** Gives the program what it asked for, and goes on as {@link run}. */
  resume(answers: readonly Answer[]): Progress {
    this.#call("resume", [JSON.stringify(answers)]);
    return this.#poll();
  }

  #load(module: Uint8Array): ivm.Dereference<unknown> | Progress {
    try {
      const loaded = this.#isolate.compileModuleSync(fromUtf8(module, "module"), {
        filename: "program.mjs",
      });
      loaded.instantiateSync(this.#context, () => {
        throw new TypeError("a program is one module");
      });
      loaded.evaluateSync();
      return loaded.namespace.derefInto();
    } catch (error) {
      this.#expectAlive();
      const trace = this.#traces && error instanceof Error ? { trace: String(error.stack) } : {};
      return { kind: "threw", ...trace };
    }
  }

  #poll(): Progress {
    return this.#apply("poll", []) as Progress;
  }

  #call(name: "prepare" | "seed" | "start" | "resume", args: readonly unknown[]): void {
    try {
      this.#apply(name, args);
    } catch {
      // A promise that the program left rejected ends up here too; what became of the program, `poll` says.
      this.#expectAlive();
    }
  }

  #apply(name: keyof Realm, args: readonly unknown[]): unknown {
    const target = this.#realm.getSync(name, { reference: true }) as ivm.Reference;
    return target.applySync(undefined, args as never[], { result: { copy: true } });
  }

  #expectAlive(): void {
    if (this.#isolate.isDisposed) throw new OutOfMemory();
  }

  /** A copy of the bytes that becomes the isolate's own: the process keeps its columns for the kernels. */
  #move(view: ArrayBufferView): ivm.Copy<ArrayBuffer> {
    const { buffer, byteOffset, byteLength } = view;
    const bytes = (buffer as ArrayBuffer).slice(byteOffset, byteOffset + byteLength);
    const outside = new this.#ivm.ExternalCopy(bytes, { transferOut: true });
    return outside.copyInto({ transferIn: true, release: true });
  }
}

function isolateTable(
  { rows, columns }: Table,
  place: (view: ArrayBufferView) => number,
): IsolateTable {
  return {
    rows,
    columns: mapValues(columns, ({ values, ...column }) => ({ ...column, buffer: place(values) })),
  };
}
