/** Ciphertext in a file while it waits for its upload: memory stays at one chunk, whatever the size of the data. @module */
import { openAsBlob } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Spool } from "../sdk/spool.ts";

/** @param folder where a folder of its own is made for the time of the upload */
export async function fileSpool(folder: string): Promise<Spool> {
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
    discard: async () => {
      await close();
      await rm(own, { recursive: true, force: true });
    },
  };
}
