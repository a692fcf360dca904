/** Frames of `frames.ts` written piece by piece: an attachment may be as large as the inputs. @module */
import type { Writable } from "node:stream";
import { concat, u32, utf8 } from "../../../protocol/bytes.ts";

/**
 * A frame in the pieces it is made of.
 * @throws ProtocolError BYTES_INVALID for an attachment of 4 GiB and more
 */
export function framePieces(
  json: unknown,
  attachment: readonly Uint8Array[] = [],
): readonly Uint8Array[] {
  const text = utf8(JSON.stringify(json));
  const length = attachment.reduce((sum, piece) => sum + piece.length, 0);
  return [concat(u32(text.length), u32(length), text), ...attachment];
}

/** @throws as {@link framePieces} */
export async function writeFrame(
  output: Writable,
  json: unknown,
  attachment?: readonly Uint8Array[],
): Promise<void> {
  for (const piece of framePieces(json, attachment))
    if (!output.write(piece)) await drained(output);
}

/** Resolves when there is room again, or when the reader is gone: then nothing more is to be waited for. */
const drained = (output: Writable): Promise<void> =>
  new Promise((resolve) => {
    const go = () => {
      output.off("drain", go).off("close", go);
      resolve();
    };
    output.once("drain", go).once("close", go);
  });
