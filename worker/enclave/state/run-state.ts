/**
 * The state as one run sees it: reads go down the tree, writes stay here until the run has succeeded. A limit that is passed, or a
 * node that cannot be had, decides the run whatever the program makes of the error it is told.
 * @module
 */
import { utf8, type Hex } from "../../../protocol/bytes.ts";
import { canonicalJson, type Json } from "../../../protocol/json.ts";
import type { ProgramState } from "../../../protocol/program.ts";
import {
  LISTED,
  MOST_KEY,
  MOST_LISTED,
  MOST_TOUCHED,
  MOST_VALUE,
  MOST_WRITTEN,
} from "../../../protocol/state/limits.ts";
import { compareUtf8 } from "../../../programs/kernels/labels.ts";
import type { StateNodes } from "./nodes.ts";
import { rewrite, type Rewritten } from "./rewrite.ts";
import { find, keysFrom } from "./tree.ts";

export class RunState implements ProgramState {
  readonly #nodes: StateNodes;
  readonly #root: Hex;
  readonly #writable: boolean;
  /** What is written over the tree; undefined is deleted. */
  readonly #changes = new Map<string, string | undefined>();
  #turn: Promise<unknown> = Promise.resolve();
  #touched = 0;
  #written = 0;
  #tooLarge = false;
  #fault: unknown;
  #closed = false;

  /** @param root of the tree; zero for an empty one */
  constructor(nodes: StateNodes, root: Hex, writable: boolean) {
    this.#nodes = nodes;
    this.#root = root;
    this.#writable = writable;
  }

  /** Whether a limit was passed: every worker says the same. */
  get tooLarge(): boolean {
    return this.#tooLarge;
  }

  /** What kept this worker from reading, if anything did. */
  get fault(): unknown {
    return this.#fault;
  }

  get(key: string): Promise<Json | undefined> {
    return this.#next(async () => {
      this.#touch(key);
      const text = await this.#textOf(key);
      return text === undefined ? undefined : (JSON.parse(text) as Json);
    });
  }

  set(key: string, value: Json): Promise<void> {
    return this.#next(() => {
      this.#touch(key, true);
      const text = textOf(value);
      const size = utf8(text).length;
      this.#written += size + utf8(key).length;
      this.#limit(size <= MOST_VALUE && this.#written <= MOST_WRITTEN);
      this.#changes.set(key, text);
    });
  }

  delete(key: string): Promise<boolean> {
    return this.#next(async () => {
      this.#touch(key, true);
      const inTree = (await find(this.#nodes, this.#root, key)) !== undefined;
      const wasThere = this.#changes.has(key) ? this.#changes.get(key) !== undefined : inTree;
      if (inTree) this.#changes.set(key, undefined);
      else this.#changes.delete(key);
      return wasThere;
    });
  }

  list(
    prefix: string,
    { after, limit = LISTED }: { readonly after?: string; readonly limit?: number } = {},
  ): Promise<readonly string[]> {
    return this.#next(async () => {
      this.#count(1);
      const texts = after === undefined ? [prefix] : [prefix, after];
      if (!texts.every(isText)) throw new TypeError("a prefix is well-formed text");
      if (!Number.isInteger(limit) || limit < 1 || limit > MOST_LISTED)
        throw new TypeError(`a page has 1 to ${MOST_LISTED} keys`);
      const start = after !== undefined && compareUtf8(after, prefix) > 0 ? after : prefix;
      const found: string[] = [];
      for await (const key of this.#keysFrom(start)) {
        if (!key.startsWith(prefix) || found.length === limit) break;
        if (key === after) continue;
        this.#count(1);
        found.push(key);
      }
      return found;
    });
  }

  /** Ends the program's part: what it asked and did not wait for is done or refused, and nothing more is taken. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#turn;
  }

  /**
   * Puts the changes into the tree, when the run has succeeded.
   * @param sealDigest of the task
   * @returns undefined when it would write too much, which every worker finds
   * @throws ProtocolError CANNOT_OPEN
   */
  async commit(sealDigest: Hex): Promise<Rewritten | undefined> {
    const changes = [...this.#changes]
      .map(([key, text]) => ({ key, text }))
      .toSorted((a, b) => compareUtf8(a.key, b.key));
    const tree = await rewrite(this.#nodes, this.#root, changes, sealDigest);
    const bytes = tree.written.reduce((sum, node) => sum + node.bytes.length, 0);
    return bytes > MOST_WRITTEN ? undefined : tree;
  }

  /** One after the other: a program may ask without waiting, and its answers must not depend on how fast nodes come. */
  #next<T>(act: () => Promise<T> | T): Promise<T> {
    const turn = this.#turn.then(async () => {
      const over = this.#closed || this.#tooLarge || this.#fault !== undefined;
      if (over) throw new TypeError("the state takes no more questions");
      return act();
    });
    this.#turn = turn.catch((error: unknown) => {
      // What the program did wrong is its own to catch.
      if (!(error instanceof TypeError) && !this.#tooLarge) this.#fault ??= error;
    });
    return turn;
  }

  #touch(key: string, writes = false): void {
    if (writes && !this.#writable) throw new TypeError("this function does not change the state");
    if (!isText(key) || key === "" || utf8(key).length > MOST_KEY)
      throw new TypeError(`a key is 1 to ${MOST_KEY} bytes of UTF-8`);
    this.#count(1);
  }

  #count(keys: number): void {
    this.#touched += keys;
    this.#limit(this.#touched <= MOST_TOUCHED);
  }

  #limit(within: boolean): void {
    if (within) return;
    this.#tooLarge = true;
    throw new RangeError("too much state for one call");
  }

  async #textOf(key: string): Promise<string | undefined> {
    if (this.#changes.has(key)) return this.#changes.get(key);
    return find(this.#nodes, this.#root, key);
  }

  /** Keys of the tree and of the changes, as they would be after the run. */
  async *#keysFrom(start: string): AsyncGenerator<string> {
    const added = [...this.#changes.keys()]
      .filter((key) => this.#changes.get(key) !== undefined && compareUtf8(key, start) >= 0)
      .toSorted(compareUtf8);
    let i = 0;
    for await (const key of keysFrom(this.#nodes, this.#root, start)) {
      while (i < added.length && compareUtf8(added[i] as string, key) < 0)
        yield added[i++] as string;
      if (this.#changes.has(key)) continue;
      yield key;
    }
    yield* added.slice(i);
  }
}

const isText = (value: unknown): value is string =>
  typeof value === "string" && value.isWellFormed();

/** @throws TypeError for what is no JSON */
function textOf(value: Json): string {
  try {
    return canonicalJson(value);
  } catch (cause) {
    throw new TypeError("a value is JSON", { cause });
  }
}
