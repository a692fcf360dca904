/** Programs: published by hash on chain, carried by workers, believed only when the bytes hash to the name. @module */
import { decodeBase64, encodeBase64, getBytes } from "ethers";
import { ProgramBundle } from "../../protocol/api.ts";
import { fromUtf8, utf8, type Hash, type Hex } from "../../protocol/bytes.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { hashManifest, hashModule, hashProgram } from "../../protocol/identity.ts";
import { parseManifest } from "../../protocol/manifest.ts";
import type { Context } from "./context.ts";
import { request, requestJson } from "./http.ts";
import { programEvent } from "./ledger.ts";
import { transact } from "./transact.ts";
import { retryWhile } from "./wait.ts";

/** What a program is made of. */
export interface ProgramFiles {
  /** One ES module, UTF-8. */
  readonly module: Uint8Array;
  /** Canonical JSON, UTF-8. */
  readonly manifest: Uint8Array;
}

/** Seconds a worker may need to see a publication. */
const SEEN_SECONDS = 60;

export const hashFiles = ({ module, manifest }: ProgramFiles): Hash<"program"> =>
  hashProgram(hashModule(module), hashManifest(manifest));

/**
 * Publishes a program; when it is published already, sends nothing.
 * @param uri a hint where the bytes may be found
 * @throws ProtocolError MANIFEST_INVALID, JSON_INVALID, TRANSACTION_FAILED
 */
async function publish(ctx: Context, files: ProgramFiles, uri = ""): Promise<Hash<"program">> {
  parseManifest(files.manifest);
  const program = hashFiles(files);
  ctx.programs.set(program, files);
  const { programRegistry } = await ctx.contracts();
  if (await programRegistry.isPublished(program)) return program;
  await transact(ctx, "program.publish", (to) =>
    to.programRegistry.publish(hashModule(files.module), hashManifest(files.manifest), uri),
  );
  return program;
}

/**
 * Hands a program's bytes to workers, which take only what is published.
 * @throws ProtocolError NOT_FOUND when this client does not hold the program, WORKER_UNREACHABLE
 */
async function upload(ctx: Context, program: Hex, endpoints: readonly string[]): Promise<void> {
  const files = ctx.programs.get(program);
  if (!files) throw new ProtocolError("NOT_FOUND", { what: "program", name: program });
  const bundle = bundleOf(files);
  const limits = { everyMs: ctx.pollMs, seconds: SEEN_SECONDS };
  await Promise.all(
    endpoints.map((endpoint) =>
      // A worker that is some blocks behind refuses what is published a moment later.
      retryWhile(["NOT_PUBLISHED"], limits, () =>
        request(ctx, endpoint, `/v1/programs/${program}`, { method: "PUT", json: bundle }),
      ),
    ),
  );
}

/**
 * A program's bytes: what this client holds, or the first worker's answer that hashes to the name.
 * @throws ProtocolError NOT_FOUND, HASH_MISMATCH, WORKER_UNREACHABLE: the first worker's fault when none could give it
 */
async function get(
  ctx: Context,
  program: Hex,
  endpoints: readonly string[],
): Promise<ProgramFiles> {
  const held = ctx.programs.get(program);
  if (held) return held;
  const faults: unknown[] = [];
  for (const endpoint of endpoints) {
    try {
      const files = await fetchFrom(ctx, program, endpoint);
      ctx.programs.set(program, files);
      return files;
    } catch (error) {
      faults.push(error);
    }
  }
  throw faults[0] ?? new ProtocolError("NOT_FOUND", { what: "program", name: program });
}

async function fetchFrom(ctx: Context, program: Hex, endpoint: string): Promise<ProgramFiles> {
  const bundle = await requestJson(ctx, endpoint, `/v1/programs/${program}`, ProgramBundle);
  const files = filesOf(bundle);
  const actual = hashFiles(files);
  if (actual !== program)
    throw new ProtocolError("HASH_MISMATCH", { what: "program", expected: program, actual });
  return files;
}

/** As workers take and give it. @throws ProtocolError BYTES_INVALID when the manifest is not UTF-8 */
export const bundleOf = ({ module, manifest }: ProgramFiles): ProgramBundle => ({
  module: encodeBase64(module),
  manifest: fromUtf8(manifest, "manifest"),
});

/** Text that is no base64 gives bytes that hash to something else. */
export const filesOf = ({ module, manifest }: ProgramBundle): ProgramFiles => ({
  module: getBytes(decodeBase64(module)),
  manifest: utf8(manifest),
});

/** Whether and by whom a program was published. */
async function published(ctx: Context, program: Hex) {
  return (await programEvent(ctx, program))?.args;
}

export const programVerbs = { publish, upload, get, published };
export { get as programFiles };
