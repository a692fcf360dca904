/** Locking and unlocking of keys, away from the page's own thread. @module */
import { Secret } from "../../../protocol/secret.ts";
import type { Role } from "../../sdk/key-file.ts";
import type { KeyWork } from "../workers/keys.worker.ts";
import { callWorker } from "../workers/protocol.ts";

const start = (): Worker =>
  new Worker(new URL("../workers/keys.worker.ts", import.meta.url), { type: "module" });

const ask = <Output>(work: KeyWork): Promise<Output> => callWorker<Output>(start(), work).output;

/** The text of a key file. */
export const lock = (role: Role, key: Secret, password: string): Promise<string> =>
  key.use((bytes) => ask({ do: "lock", role, key: bytes.slice(), password }));

/** @throws ProtocolError CONFIG_INVALID, KEYSTORE_PASSWORD, HASH_MISMATCH */
export async function unlock(text: string, password: string, file: string): Promise<Secret> {
  return new Secret(await ask<Uint8Array>({ do: "unlock", text, password, file }));
}
