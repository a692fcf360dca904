/**
 * An author's trial: one program in the enclave's own isolate, behind its gate, over its kind of state; no chain, no keys, mock data.
 * Lines of JSON in and out, see `protocol/trial.ts`. It is no part of the enclave's image.
 * @module
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { ProtocolError } from "../../../protocol/errors.ts";
import { parseShape } from "../../../protocol/schema.ts";
import { TrialCall, TrialTerms, type TrialAnswer } from "../../../protocol/trial.ts";
import { buildEnclave, defaultEnclaveLimits } from "../build.ts";
import { GUEST_FILE } from "../measurement.ts";
import { Guests } from "../runtime/guests.ts";
import { Trial } from "./trial.ts";

const folder = await mkdtemp(join(tmpdir(), "cloister-trial-"));
const { entry } = await buildEnclave(folder);
const guests = new Guests(join(dirname(entry), GUEST_FILE), defaultEnclaveLimits, true);

let trial: Trial | undefined;
for await (const line of createInterface({ input: process.stdin })) {
  const message: unknown = JSON.parse(line);
  if (!trial) {
    const terms = parseShape(TrialTerms, message, "trial's terms");
    trial = await Trial.open(terms, (call, state, seconds) => guests.run(call, state, seconds));
  } else process.stdout.write(`${JSON.stringify(await answerTo(trial, message))}\n`);
}
await guests.close();
await rm(folder, { recursive: true });

async function answerTo(open: Trial, message: unknown): Promise<TrialAnswer> {
  try {
    return await open.call(parseShape(TrialCall, message, "trial's call"));
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { fault: { code: error.code, message: error.message } };
  }
}
