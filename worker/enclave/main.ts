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
import { messages, type MessageName } from "../boundary.ts";
import type { Frame } from "../frames.ts";
import { keysOf } from "./custody/keys.ts";
import { simulatedPlatform } from "./custody/platform.ts";
import { SealedFile } from "./custody/sealed-file.ts";
import { GUEST_FILE, IMAGE_FILES, measure } from "./measurement.ts";
import { Pipe } from "./pipe.ts";
import type { GuestLimits } from "./runtime/guest-process.ts";
import { Guests } from "./runtime/guests.ts";
import { enclaveService, type EnclaveLimits, type Handlers } from "./service.ts";

const [sealedFile, limitsText] = process.argv.slice(2) as [string, string];
const limits = JSON.parse(limitsText) as EnclaveLimits & GuestLimits;
const folder = dirname(fileURLToPath(import.meta.url));
const files = IMAGE_FILES.map((name) => join(folder, name));
const guests = new Guests(join(folder, GUEST_FILE), limits);
const platform = await simulatedPlatform();
const sealed = await SealedFile.open(platform, sealedFile);
const pipe = new Pipe(process.stdin, process.stdout);
const handlers = enclaveService({
  platform,
  keys: await keysOf(sealed),
  sealed,
  measurement: await measure(await Promise.all(files.map((file) => readFile(file)))),
  limits,
  host: pipe.ask,
  guest: (call, state, seconds) => guests.run(call, state, seconds),
  confinement: guests.confinement.facts,
});

await pipe.serve((frame) => answerTo(handlers, frame));
// The host is gone: nothing here may outlive it.
await guests.close();
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
