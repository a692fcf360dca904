/**
 * Where sealed chunks wait for their upload. Sealing comes first and uploading later (the hash of all chunks goes on chain in
 * between), and an interrupted upload starts again somewhere in the middle, so the ciphertext is kept as a whole.
 * @module
 */

/** Takes chunks in order, then gives them back as one `Blob`; in Node, `fs.openAsBlob` makes one of a file. */
export interface Spool {
  append(chunk: Uint8Array): Promise<void>;
  /** Everything appended so far. Nothing is appended afterwards. */
  blob(): Promise<Blob>;
  /** Frees memory or disk. */
  discard(): Promise<void>;
}

/** Keeps chunks in Blobs, which browsers may move to disk. */
export function memorySpool(): Spool {
  let parts: Blob[] = [];
  return {
    append: async (chunk) => {
      parts.push(new Blob([chunk as Uint8Array<ArrayBuffer>]));
    },
    blob: async () => new Blob(parts),
    discard: async () => {
      parts = [];
    },
  };
}
