/**
 * Trials of an author's programs: the enclave's own isolate, gate and kind of state; no chain, no keys, mock data. Lines of JSON in and
 * out, see `protocol/trial.ts`. It is no part of the enclave's image.
 * @module
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ProtocolError } from "../../../protocol/errors.ts";
import { parseShape } from "../../../protocol/schema.ts";
import { TrialRequest, type TrialAnswer } from "../../../protocol/trial.ts";
import { buildGuest } from "../build.ts";
import { TrialGuests } from "./guests.ts";
import { Trial } from "./trial.ts";

const folder = await mkdtemp(join(tmpdir(), "cloister-trial-"));
const guests = new TrialGuests(await buildGuest(folder));
const trials = new Map<number, Trial>();
try {
  for await (const line of createInterface({ input: process.stdin }))
    process.stdout.write(`${JSON.stringify(await answerTo(JSON.parse(line)))}\n`);
} finally {
  await guests.close();
  await rm(folder, { recursive: true });
}

async function answerTo(message: unknown): Promise<TrialAnswer> {
  try {
    const request = parseShape(TrialRequest, message, "trial's request");
    if ("call" in request) return await trialOf(request.contract).call(request.call);
    trials.set(request.contract, await Trial.open(request.open, guests));
    return { opened: true };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { fault: { code: error.code, message: error.message } };
  }
}

function trialOf(contract: number): Trial {
  const trial = trials.get(contract);
  if (!trial) throw new ProtocolError("NOT_FOUND", { what: "trial", name: String(contract) });
  return trial;
}
