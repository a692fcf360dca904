/** Ciphertext in a file while it waits for its upload: memory stays at one chunk, whatever the size of the data. @module */
import { openAsBlob } from "node:fs";
import { mkdir, mkdtemp, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Spool } from "../sdk/spool.ts";

export interface FileSpool extends Spool {
  /** Moves the file; on the same disk as the spool's folder. */
  keep(path: string): Promise<void>;
}

/** @param folder where a folder of its own is made for the time of the upload */
export async function fileSpool(folder: string): Promise<FileSpool> {
  await mkdir(folder, { recursive: true });
  const own = await mkdtemp(join(folder, "cloister-spool-"));
  const path = join(own, "ciphertext");
  const file = await open(path, "wx", 0o600);
  let isOpen = true;
  const close = async () => {
    if (isOpen) await file.close();
    isOpen = false;
  };
  return {
    append: async (chunk) => {
      for (let at = 0; at < chunk.length;)
        at += (await file.write(chunk, at, chunk.length - at)).bytesWritten;
    },
    blob: async () => {
      await close();
      return openAsBlob(path);
    },
    keep: async (kept) => {
      await close();
      await rename(path, kept);
    },
    discard: async () => {
      await close();
      await rm(own, { recursive: true, force: true });
    },
  };
}
