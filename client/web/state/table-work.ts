/** Checking and sealing of tables, away from the page's own thread. @module */
import { Secret } from "../../../protocol/secret.ts";
import type { SealedTable } from "../../sdk/seal-table.ts";
import { callWorker, type Call } from "../workers/protocol.ts";
import type { Checked, SealedHere, TableNote, TableWork } from "../workers/table.worker.ts";

const start = (): Worker =>
  new Worker(new URL("../workers/table.worker.ts", import.meta.url), { type: "module" });

type WorkOf<Kind extends TableWork["do"]> = Omit<Extract<TableWork, { do: Kind }>, "do">;

export const checkInWorker = (
  work: WorkOf<"check">,
  onNote: (note: TableNote) => void,
): Call<Checked> => callWorker<Checked>(start(), { do: "check", ...work }, onNote);

export function sealInWorker(
  work: WorkOf<"seal">,
  onNote: (note: TableNote) => void,
): Call<SealedTable> {
  const call = callWorker<SealedHere>(start(), { do: "seal", ...work }, onNote);
  const output = call.output.then(({ dataKey, ...sealed }) => {
    const secret = new Secret(dataKey);
    dataKey.fill(0);
    return { ...sealed, dataKey: secret };
  });
  return { ...call, output };
}
