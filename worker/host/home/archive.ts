/**
 * Files in one file: gzip of u32 length || JSON index || the files' bytes, one after the other in the order of the index. Bytes are
 * streamed, so that its size does not matter; each file's SHA-256 stands in the index.
 * @module
 */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { Type, type Static } from "typebox";
import { concat, fromUtf8, readUint, u32, utf8 } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { parseShape } from "../../../protocol/schema.ts";

const strict = { additionalProperties: false } as const;

const Index = Type.Object(
  {
    cloister: Type.Literal("worker-backup/1"),
    /** Where the home lay. */
    home: Type.String(),
    files: Type.Array(
      Type.Object(
        {
          /** Only what a worker's home may hold: nothing that leads out of it. */
          name: Type.String({
            pattern:
              "^(worker\\.json|gas\\.keystore|enclave\\.sealed|journal\\.sqlite|password|datasets/0x[0-9a-f]{64}/chunks)$",
          }),
          size: Type.Integer({ minimum: 0 }),
          sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }),
        },
        strict,
      ),
      { maxItems: 1_000_000 },
    ),
  },
  strict,
);
export type Index = Static<typeof Index>;

/** What goes in: a name in the archive, and where its bytes are. */
export interface Source {
  readonly name: string;
  readonly path: string;
}

/** Bytes of an index that is still believed. */
const MAX_INDEX = 2 ** 28;

/**
 * Writes an archive, never over another file; what it was broken off at is removed.
 * @throws ProtocolError FILE_EXISTS, FILE_UNREADABLE
 */
export async function pack(out: string, home: string, sources: readonly Source[]): Promise<Index> {
  const files = [];
  for (const { name, path } of sources) files.push({ name, ...(await measure(path)) });
  const index: Index = { cloister: "worker-backup/1", home, files };
  const target = await open(out, "wx", 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "EEXIST") throw new ProtocolError("FILE_EXISTS", { file: out });
    throw unreadable(out, error);
  });
  try {
    await pipeline(
      Readable.from(bytesOf(index, sources), { objectMode: false }),
      createGzip({ level: 1 }),
      target.createWriteStream({ flush: true }),
    );
  } catch (cause) {
    await rm(out, { force: true });
    throw unreadable(out, cause);
  }
  return index;
}

async function* bytesOf(index: Index, sources: readonly Source[]): AsyncGenerator<Uint8Array> {
  const json = utf8(JSON.stringify(index));
  yield concat(u32(json.length), json);
  for (const [i, { path }] of sources.entries()) {
    const size = index.files[i]?.size ?? 0;
    // A file that grew since it was measured goes in as it was.
    if (size > 0) for await (const part of createReadStream(path, { end: size - 1 })) yield part;
  }
}

async function measure(path: string): Promise<{ size: number; sha256: string }> {
  const hash = createHash("sha256");
  let size = 0;
  try {
    for await (const part of createReadStream(path) as AsyncIterable<Uint8Array>) {
      hash.update(part);
      size += part.length;
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
  return { size, sha256: hash.digest("hex") };
}

/**
 * Writes the files of an archive below a folder.
 * @throws ProtocolError FILE_UNREADABLE for what is no archive or broke off, HASH_MISMATCH, SHAPE_INVALID
 */
export async function unpack(file: string, folder: string): Promise<Index> {
  const gunzip = createGunzip();
  const feeding = pipeline(createReadStream(file), gunzip);
  // Its failure shows as one of reading.
  feeding.catch(() => undefined);
  const bytes = new ByteReader(gunzip);
  try {
    const length = readUint(await bytes.take(4));
    if (length > MAX_INDEX) throw new TypeError("no index");
    const text = fromUtf8(await bytes.take(length), "index");
    const index = parseShape(Index, JSON.parse(text), "backup");
    for (const { name, size, sha256 } of index.files) {
      const hash = createHash("sha256");
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const part = async function* () {
        for await (const some of bytes.stream(size)) {
          hash.update(some);
          yield some;
        }
      };
      const target = createWriteStream(path, { flags: "wx", mode: 0o600, flush: true });
      await pipeline(Readable.from(part(), { objectMode: false }), target);
      const actual = hash.digest("hex");
      if (actual !== sha256)
        throw new ProtocolError("HASH_MISMATCH", { what: name, expected: sha256, actual });
    }
    return index;
  } catch (cause) {
    if (cause instanceof ProtocolError) throw cause;
    throw unreadable(file, cause);
  }
}

/** Reads a stream by counted bytes. */
class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async take(count: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for await (const part of this.stream(count)) parts.push(part);
    return concat(...parts);
  }

  async *stream(count: number): AsyncGenerator<Uint8Array> {
    for (let left = count; left > 0;) {
      if (this.#rest.length === 0) {
        const { done, value } = await this.#source.next();
        if (done === true) throw new TypeError("it ends too early");
        this.#rest = value;
      }
      const part = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }
}

const unreadable = (file: string, cause: unknown): ProtocolError =>
  new ProtocolError(
    "FILE_UNREADABLE",
    { file, cause: cause instanceof Error ? cause.message : "it cannot be read" },
    { cause },
  );
