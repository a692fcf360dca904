/**
 * The process around a program's isolate: no keys, no files but its own bundle, no network, no children. It takes one call, passes
 * on what the program asks of its state, computes its kernels, answers once and is killed.
 *
 *   node --permission ... guest.cjs <memory, MiB> <output, bytes> <traces: 0 or 1>
 * @module
 */
import { dirname, join } from "node:path";
import { readFrames } from "../../frames.ts";
import { unpackCall } from "./call-frame.ts";
import { converse, type AskState } from "./converse.ts";
import { piecesIn, sendFrame } from "./guest-pipe.ts";
import { ProgramIsolate } from "./isolate.ts";
import { ISOLATE_FILE, loadNative } from "./native.ts";
import { outputCaps } from "./output-caps.ts";

async function serve(): Promise<void> {
  const [, file, memoryMiB, outputBytes, traces] = process.argv as [string, string, ...string[]];
  // Made before there is a call: a process that waits for one is then ready for it.
  const isolate = new ProgramIsolate(
    loadNative(join(dirname(file), ISOLATE_FILE)),
    Number(memoryMiB),
    traces === "1",
  );
  // From the enclave, which is trusted: as large as its inputs are.
  const frames = readFrames(piecesIn(), { json: 2 ** 29, attachment: 2 ** 32 - 1 });
  const askState: AskState = async (asks) => {
    sendFrame({ asks });
    const { value, done } = await frames.next();
    // The enclave is gone.
    if (done) return process.exit(1);
    return (value.json as { answers: Awaited<ReturnType<AskState>> }).answers;
  };
  const { value: frame, done } = await frames.next();
  if (done) return;
  const call = unpackCall(frame);
  const caps = outputCaps(call, Number(outputBytes));
  const { json, pieces } = await converse(isolate, call, caps, askState);
  sendFrame(json, pieces);
}

void serve().then(
  () => process.exit(0),
  () => process.exit(1),
);
