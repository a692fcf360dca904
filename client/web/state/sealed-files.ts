/**
 * Where ciphertext waits for its upload: the browser's private file system for this site, on disk, so that a reload loses nothing
 * and a gigabyte needs no memory. Only sealed chunks are written here.
 * @module
 */
import type { Spool } from "../../sdk/spool.ts";

const FOLDER = "cloister-sealed";

async function folder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(FOLDER, { create: true });
}

/**
 * A spool into a file of this name. The file appears when the spool is closed by `blob`; a crash before that leaves none.
 * @param gate awaited before each chunk: whoever pauses lets it wait
 */
export async function sealedFile(name: string, gate: () => Promise<void>): Promise<Spool> {
  const file = await (await folder()).getFileHandle(name, { create: true });
  const writer = await file.createWritable();
  return {
    append: async (chunk) => {
      await gate();
      await writer.write(chunk as Uint8Array<ArrayBuffer>);
    },
    blob: async () => {
      await writer.close();
      return file.getFile();
    },
    discard: () => dropSealedFile(name),
  };
}

/** The ciphertext of a closed spool. @throws DOMException NotFoundError */
export const readSealedFile = async (name: string): Promise<Blob> =>
  (await (await folder()).getFileHandle(name)).getFile();

/** Frees its space; does nothing when it is not there. */
export async function dropSealedFile(name: string): Promise<void> {
  await (await folder()).removeEntry(name).catch(() => undefined);
}
