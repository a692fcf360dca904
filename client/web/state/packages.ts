/** Sealed tables on their way: what is needed to bring them to the workers after a reload. Nothing of it is secret. @module */
import { Type, type Static } from "typebox";
import { Value } from "typebox/value";
import { AddressHex, Bytes32, BytesHex } from "../../../protocol/schema.ts";
import type { Package } from "../../sdk/dataset.ts";
import { erase, readAll, write } from "./database.ts";
import { dropSealedFile } from "./sealed-files.ts";

const Waiting = Type.Object(
  {
    account: AddressHex,
    terms: Bytes32,
    dataset: Bytes32,
    /** Name of the file as the person knows it, and of the table. */
    file: Type.String({ maxLength: 1024 }),
    table: Type.String({ maxLength: 64 }),
    rows: Type.Integer({ minimum: 0 }),
    bytes: Type.Integer({ minimum: 0 }),
    preamble: BytesHex,
    /** Name of the ciphertext's file. */
    spool: Type.String({ pattern: "^[0-9a-f]{32}$" }),
    report: Type.Unsafe<Package["report"]>(Type.Object({})),
  },
  { additionalProperties: false },
);
export type Waiting = Static<typeof Waiting>;

/** Name of a fresh ciphertext file. */
export const newSpoolName = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");

export const keepWaiting = (waiting: Waiting): Promise<void> =>
  write("packages", waiting.dataset, waiting);

/** Of one account in one secret contract. */
export async function waitingOf(account: string, terms: string): Promise<Waiting[]> {
  const all = await readAll("packages");
  return all.filter(
    (entry): entry is Waiting =>
      Value.Check(Waiting, entry) && entry.account === account && entry.terms === terms,
  );
}

export async function forgetWaiting({ dataset, spool }: Waiting): Promise<void> {
  await erase("packages", dataset);
  await dropSealedFile(spool);
}
