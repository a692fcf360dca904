/**
 * The enclave's process. It speaks to its host over stdin and stdout and to nobody else: Node's permission model leaves it its
 * own bundle to read, its sealed key file to write, and its guest process to start.
 *
 *   node --permission ... enclave.mjs <sealed key file> <limits as JSON>
 * @module
 */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ProtocolError } from "../../protocol/errors.ts";
import { parseShape } from "../../protocol/schema.ts";
import { encodeFrame, messages, readFrames, type Frame, type MessageName } from "../boundary.ts";
import { loadKeys } from "./custody/keys.ts";
import { simulatedPlatform } from "./custody/platform.ts";
import { GUEST_FILE, measure } from "./measurement.ts";
import { runProgram, type GuestLimits } from "./runtime/run-program.ts";
import { enclaveService, type EnclaveLimits, type Handlers } from "./service.ts";

const [sealedFile, limitsText] = process.argv.slice(2) as [string, string];
const limits = JSON.parse(limitsText) as EnclaveLimits & GuestLimits;
const entry = fileURLToPath(import.meta.url);
const guestFile = join(dirname(entry), GUEST_FILE);
const platform = await simulatedPlatform();
const handlers = enclaveService({
  platform,
  keys: await loadKeys(platform, sealedFile),
  measurement: await measure([await readFile(entry), await readFile(guestFile)]),
  limits,
  guest: (call, maxSeconds) => {
    const seconds = Math.min(limits.seconds, maxSeconds);
    return runProgram(guestFile, call, { ...limits, seconds });
  },
});

for await (const frame of readFrames(process.stdin)) {
  const answer = await answerTo(handlers, frame);
  if (!process.stdout.write(encodeFrame(answer)))
    await new Promise((resolve) => process.stdout.once("drain", resolve));
}
// The host is gone: nothing here may outlive it.
process.exit(0);

async function answerTo(service: Handlers, { json, attachment }: Frame): Promise<Frame> {
  const nothing = new Uint8Array(0);
  try {
    const { name, message } = json as { name: MessageName; message: unknown };
    if (!Object.hasOwn(messages, name)) throw new ProtocolError("FRAME_INVALID", { what: "name" });
    const input = parseShape(messages[name].in, message, `message ${name}`);
    const handler = service[name] as (
      message: unknown,
      attachment: Uint8Array,
    ) => Promise<{ json: unknown; attachment?: Uint8Array }>;
    const answer = await handler(input, attachment);
    return { json: { ok: answer.json }, attachment: answer.attachment ?? nothing };
  } catch (error) {
    // Other errors may quote data: only their class leaves.
    const known =
      error instanceof ProtocolError
        ? error
        : new ProtocolError("INTERNAL", { what: error instanceof Error ? error.name : "unknown" });
    return { json: { error: { code: known.code, facts: known.facts } }, attachment: nothing };
  }
}
