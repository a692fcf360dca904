/** Locks and unlocks key files: a second of scrypt that would freeze the page. @module */
import { Secret } from "../../../protocol/secret.ts";
import { lockKey, N_TYPED, unlockImported, type Role } from "../../sdk/key-file.ts";
import { serveCall } from "./protocol.ts";

export type KeyWork =
  | {
      readonly do: "lock";
      readonly role: Role;
      readonly key: Uint8Array;
      readonly password: string;
    }
  | {
      readonly do: "unlock";
      readonly text: string;
      readonly password: string;
      /** Its name, for messages. */
      readonly file: string;
    };

serveCall(async (work: KeyWork): Promise<string | Uint8Array> => {
  if (work.do === "lock") return lockKey(work.role, new Secret(work.key), work.password, N_TYPED);
  const key = await unlockImported(work.text, work.password, work.file);
  return key.use((bytes) => bytes.slice());
});
