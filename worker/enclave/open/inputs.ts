/** Inputs in memory: opened, checked and kept by what they are bound to, the least recently used given up first. @module */
import { fromHex, sameBytes, ZERO_HASH, type Hex } from "../../../protocol/bytes.ts";
import { decodeDataset } from "../../../protocol/codec/dataset.ts";
import { expectHeader } from "../../../protocol/envelope/header.ts";
import { decodePreamble, hashDataset, type Preamble } from "../../../protocol/envelope/package.ts";
import { openStream } from "../../../protocol/envelope/stream.ts";
import { expectKeyWrap, unwrapSecret } from "../../../protocol/envelope/wrap.ts";
import { encodeHeader, hashHeader } from "../../../protocol/envelope/header.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { sha256 } from "../../../protocol/hash.ts";
import { hashSchema } from "../../../protocol/identity.ts";
import { functionOf } from "../../../protocol/manifest.ts";
import type { Table, TableSpec } from "../../../protocol/program.ts";
import type { Collaboration } from "../../../protocol/receipt.ts";
import type { DatasetName } from "../../../protocol/schema.ts";
import { hashTerms } from "../../../protocol/typed-data.ts";
import { manifestOf } from "../../../protocol/verify.ts";
import { ByteQueue } from "./byte-queue.ts";

/** What an input claims to be; the host says it, the envelope's header must agree. */
export interface InputClaim {
  readonly collaboration: Collaboration;
  /** Index of the table in the manifest, or the function whose private parameters these are. */
  readonly table: number | string;
  readonly member: number;
  readonly dataset: Hex;
}

export interface OpenedInput {
  readonly table: Table;
  readonly dataKey: Uint8Array;
  readonly bytes: number;
}

const nameOf = (terms: Hex, member: number, table: number | string, dataset: Hex) =>
  `${terms}/${member}/${table}/${dataset}`;

export class Inputs {
  readonly #openingKey: Uint8Array;
  readonly #sealingKey: Hex;
  readonly #limits: { readonly maxBytes: number; readonly maxRows: number };
  readonly #isErased: (name: DatasetName) => boolean;
  readonly #opened = new Map<string, OpenedInput>();
  #loading: Loading | undefined;

  constructor(
    keys: { readonly openingKey: Uint8Array; readonly sealingKey: Hex },
    limits: { readonly maxBytes: number; readonly maxRows: number },
    isErased: (name: DatasetName) => boolean,
  ) {
    this.#isErased = isErased;
    this.#openingKey = keys.openingKey;
    this.#sealingKey = keys.sealingKey;
    this.#limits = limits;
  }

  /**
   * Begins to open an input. Everything that can be refused before the first chunk is refused here.
   * @returns true when it is held already
   * @throws ProtocolError DATASET_WITHDRAWN, HASH_MISMATCH, ENVELOPE_FOREIGN, SIGNATURE_INVALID, CANNOT_OPEN
   */
  begin(claim: InputClaim, preambleBytes: Uint8Array): boolean {
    const terms = hashTerms(claim.collaboration.deployment, claim.collaboration.terms);
    const { member, dataset } = claim;
    const name = nameOf(terms, member, claim.table, dataset);
    // One that was still being loaded when it was erased, or is brought again from a copy.
    if (this.#isErased({ terms, member, dataset }))
      throw new ProtocolError("DATASET_WITHDRAWN", { dataset });
    if (this.#opened.has(name)) return true;
    const preamble = decodePreamble(preambleBytes);
    const spec = specOf(claim);
    const actual = hashDataset(preamble.header, preamble.leaves);
    if (actual !== claim.dataset)
      throw new ProtocolError("HASH_MISMATCH", {
        what: "dataset",
        expected: claim.dataset,
        actual,
      });
    const isParams = typeof claim.table === "string";
    expectHeader(preamble.header, {
      kind: isParams ? "params" : "dataset",
      chainId: claim.collaboration.deployment.chainId,
      contracts: claim.collaboration.deployment.contracts,
      terms,
      member: claim.member,
      table: isParams ? 0 : claim.table,
      schema: hashSchema(spec),
      context: ZERO_HASH,
    });
    const dataKey = this.#dataKey(claim, preamble);
    this.#loading = new Loading(name, spec, preamble, dataKey, this.#limits.maxRows);
    return false;
  }

  #dataKey(claim: InputClaim, preamble: Preamble): Uint8Array {
    const { collaboration, member, dataset } = claim;
    const owner = collaboration.terms.members[member];
    const wrap = preamble.wraps.find((entry) => entry.sealingKey === this.#sealingKey);
    if (!wrap || !owner)
      throw new ProtocolError("CANNOT_OPEN", { what: `data key of member ${member}` });
    expectKeyWrap(collaboration.deployment, dataset, wrap, owner.consentKey);
    const context = hashHeader(encodeHeader(preamble.header));
    const what = `data key of member ${member}`;
    return unwrapSecret(this.#openingKey, fromHex(wrap.wrap), context, what);
  }

  /** Takes the next chunk. @throws ProtocolError HASH_MISMATCH, CANNOT_OPEN, TABLE_MALFORMED */
  async chunk(bytes: Uint8Array): Promise<void> {
    await this.#expectLoading().chunk(bytes);
  }

  /** Ends the input and keeps it. @throws ProtocolError CANNOT_OPEN, TABLE_MALFORMED, LIMIT_EXCEEDED */
  async end(): Promise<void> {
    const loading = this.#expectLoading();
    this.#loading = undefined;
    const input = await loading.end();
    this.#makeRoom(input.bytes);
    this.#opened.set(loading.name, input);
  }

  /** An input, when it is held. */
  get(terms: Hex, member: number, table: number | string, dataset: Hex): OpenedInput | undefined {
    const name = nameOf(terms, member, table, dataset);
    const input = this.#opened.get(name);
    if (input) {
      this.#opened.delete(name);
      this.#opened.set(name, input);
    }
    return input;
  }

  forget(dataset: Hex): void {
    for (const name of this.#opened.keys())
      if (name.endsWith(`/${dataset}`)) this.#opened.delete(name);
  }

  /** Forgets a member's dataset: key and rows are overwritten, what is half loaded is dropped. */
  erase({ terms, member, dataset }: DatasetName): void {
    const isIt = (name: string) =>
      name.startsWith(`${terms}/${member}/`) && name.endsWith(`/${dataset}`);
    if (this.#loading && isIt(this.#loading.name)) {
      this.#loading.abandon();
      this.#loading = undefined;
    }
    for (const [name, { table, dataKey }] of this.#opened) {
      if (!isIt(name)) continue;
      this.#opened.delete(name);
      dataKey.fill(0);
      for (const { values } of Object.values(table.columns)) values.fill(0);
    }
  }

  #expectLoading(): Loading {
    if (!this.#loading) throw new ProtocolError("NOT_LOADED", { hashes: [] });
    return this.#loading;
  }

  #makeRoom(bytes: number): void {
    if (bytes > this.#limits.maxBytes)
      throw new ProtocolError("LIMIT_EXCEEDED", {
        what: "bytes of an input in memory",
        limit: this.#limits.maxBytes,
      });
    let held = 0;
    for (const input of this.#opened.values()) held += input.bytes;
    for (const [name, input] of this.#opened) {
      if (held + bytes <= this.#limits.maxBytes) return;
      this.#opened.delete(name);
      held -= input.bytes;
    }
  }
}

/** @throws ProtocolError FUNCTION_UNKNOWN, TABLE_UNKNOWN */
function specOf({ collaboration, table }: InputClaim): TableSpec {
  const manifest = manifestOf(collaboration);
  const spec =
    typeof table === "number" ? manifest.tables[table] : functionOf(manifest, table).privateTable;
  if (!spec)
    throw new ProtocolError("TABLE_UNKNOWN", {
      name: String(table),
      known: manifest.tables.map(({ name }) => name),
    });
  return spec;
}

/** One input on its way in: chunks are checked against their hashes, opened and decoded as they come. */
class Loading {
  readonly name: string;
  readonly #preamble: Preamble;
  readonly #dataKey: Uint8Array;
  readonly #queue = new ByteQueue();
  readonly #table: Promise<Table>;
  #next = 0;
  #failure: unknown;

  constructor(
    name: string,
    spec: TableSpec,
    preamble: Preamble,
    dataKey: Uint8Array,
    maxRows: number,
  ) {
    this.name = name;
    this.#preamble = preamble;
    this.#dataKey = dataKey;
    const plain = openStream(dataKey, preamble.header, this.#queue);
    this.#table = decodeDataset(spec, plain, { maxRows });
    this.#table.catch((error: unknown) => {
      this.#failure = error;
      this.#queue.end();
    });
  }

  async chunk(bytes: Uint8Array): Promise<void> {
    if (this.#failure) throw this.#failure;
    const leaf = this.#preamble.leaves[this.#next];
    if (!leaf || !sameBytes(await sha256(bytes), leaf))
      throw new ProtocolError("HASH_MISMATCH", {
        what: `chunk ${this.#next}`,
        expected: leaf ? "its leaf" : "no more chunks",
        actual: "other bytes",
      });
    this.#next++;
    await this.#queue.push(bytes);
  }

  /** Ends it without a table. */
  abandon(): void {
    this.#dataKey.fill(0);
    this.#queue.end();
  }

  async end(): Promise<OpenedInput> {
    if (this.#next !== this.#preamble.leaves.length && !this.#failure)
      throw new ProtocolError("CANNOT_OPEN", { what: `chunk ${this.#next}` });
    this.#queue.end();
    const table = await this.#table;
    const bytes = Object.values(table.columns).reduce(
      (sum, { values }) => sum + values.byteLength,
      0,
    );
    return { table, dataKey: this.#dataKey, bytes };
  }
}
