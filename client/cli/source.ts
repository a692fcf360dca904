/** A file as the reader of tables takes it: in pieces, never as a whole, and counted for the progress bar. @module */
import { open } from "node:fs/promises";
import { ProtocolError } from "../../protocol/errors.ts";
import { causeOf } from "./home.ts";

export interface Source {
  readonly size: number;
  /** Bytes handed on so far. */
  readonly read: () => number;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** @throws ProtocolError FILE_UNREADABLE, before anything else is begun */
export async function openSource(file: string): Promise<Source> {
  try {
    const handle = await open(file);
    const { size } = await handle.stat();
    let read = 0;
    const bytes = (async function* () {
      for await (const piece of handle.createReadStream() as AsyncIterable<Uint8Array>) {
        read += piece.length;
        yield piece;
      }
    })();
    return { size, read: () => read, bytes };
  } catch (cause) {
    throw new ProtocolError("FILE_UNREADABLE", { file, cause: causeOf(cause) }, { cause });
  }
}
