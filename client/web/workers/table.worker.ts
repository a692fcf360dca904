/**
 * Reads and seals a member's table. Plaintext comes in as a file and leaves only as ciphertext; the worker has no keys but the
 * data key it makes, and no reason to talk to any network.
 * @module
 */
import type { Header } from "../../../protocol/envelope/header.ts";
import type { Hex } from "../../../protocol/bytes.ts";
import type { TableSpec } from "../../../protocol/program.ts";
import type { Report } from "../../sdk/reader/faults.ts";
import { sealTable, type SealOrder } from "../../sdk/seal-table.ts";
import { sealedFile } from "../state/sealed-files.ts";
import type { Point } from "../places.ts";
import { checkFile } from "./check.ts";
import { countedStream, pauseSwitch } from "./flow.ts";
import { serveCall, type Port } from "./protocol.ts";

export type TableWork =
  | {
      readonly do: "check";
      readonly spec: TableSpec;
      readonly maxClasses: number;
      readonly file: Blob;
    }
  | {
      readonly do: "seal";
      readonly order: SealOrder;
      readonly file: Blob;
      /** Name of the file that takes the ciphertext. */
      readonly spool: string;
    };

/** What comes of a check. */
export interface Checked {
  readonly report: Report;
  /** Some of the good rows, for a map on this machine. */
  readonly sample: readonly Point[];
}

/** What comes of sealing. */
export interface SealedHere {
  readonly dataset: Hex;
  readonly header: Header;
  readonly leaves: readonly Uint8Array[];
  readonly dataKey: Uint8Array;
  readonly rows: number;
  readonly bytes: number;
  readonly report: Report;
}

/** How far it is: bytes of the file read so far. */
export interface TableNote {
  readonly read: number;
  readonly rows: number;
}

serveCall(async (work: TableWork, port: Port): Promise<Checked | SealedHere> => {
  const note = (said: TableNote) => port.note(said);
  if (work.do === "check") return checkFile(work, (read) => note({ read, rows: 0 }));
  const pause = pauseSwitch();
  port.listen((message) => pause.set(message === "pause"));
  let read = 0;
  const rows = countedStream(work.file, (bytes) => (read = bytes));
  const spool = await sealedFile(work.spool, pause.gate);
  const { dataKey, ...sealed } = await sealTable(work.order, rows, spool, (progress) =>
    note({ read, rows: progress.rows }),
  );
  await spool.blob();
  const key = dataKey.use((bytes) => bytes.slice());
  dataKey.wipe();
  return { ...sealed, dataKey: key };
});
