/** Changes to what the journal says about jobs. @module */
import type { Hex } from "../../../protocol/bytes.ts";
import type { JobRecord, Store } from "../store/store.ts";

export const newJob = (): JobRecord => ({ failures: 0, notBefore: 0 });

/** Deletes results, held outputs and packages. */
export function dropOutputs(
  store: Pick<Store, "outputs" | "held" | "releases">,
  isOver: (output: { task: Hex }, sealDigest: string) => boolean,
): void {
  for (const [digest, output] of store.outputs.entries()) {
    if (!isOver(output, digest)) continue;
    store.outputs.delete(digest);
    store.held.deleteAll(digest);
    store.releases.deleteAll(digest);
  }
}

/** Changes the record of a job, when there still is one. */
export function change(
  store: Pick<Store, "jobs">,
  task: Hex,
  edit: (record: JobRecord) => JobRecord,
): void {
  const record = store.jobs.get(task);
  if (record) store.jobs.put(task, edit(record));
}
