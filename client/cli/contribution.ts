/** Sending a table: sealed to a file, hash on chain, ciphertext to the workers, header kept for later committees. @module */
import { tmpdir } from "node:os";
import type { Hex } from "../../protocol/bytes.ts";
import type { Cli } from "./cli.ts";
import { isErased, lookAgain } from "./erasure.ts";
import { fileSpool } from "./file-spool.ts";
import { writeNew } from "./home.ts";
import { keptFile, sealedFile, type KeptDataset } from "./kept.ts";
import { progressBar } from "./progress.ts";
import { facts } from "./screen.ts";
import { size } from "../sdk/units.ts";
import { withSession } from "./session.ts";
import { openSource } from "./source.ts";
import { columnsOf, faultLines, writeReport } from "./table.ts";
import type { Answer } from "./verb.ts";

export interface SendOptions {
  readonly contract: Hex;
  readonly table: string;
  readonly epoch?: number;
  readonly skipInvalid?: boolean;
  readonly report?: string;
  readonly keepSealed?: boolean;
  readonly acceptSimulated?: boolean;
}

/** @param replaced the dataset it stands in for, withdrawn when the new one is held */
export async function sendTable(
  cli: Cli,
  options: SendOptions,
  file: string,
  replaced?: Hex,
): Promise<Answer> {
  const { contract, table, epoch, acceptSimulated = false, skipInvalid = false } = options;
  const source = await openSource(file);
  const session = { needs: "account and keys", acceptSimulated } as const;
  return withSession(cli, session, async ({ client }) => {
    const bar = progressBar(process.stderr, source);
    const spool = await fileSpool(options.keepSealed ? cli.home.sealed : tmpdir());
    const contributed = await client.dataset
      .contribute({
        terms: contract,
        table,
        rows: source.bytes,
        skipInvalid,
        // Discarded below: what is kept must outlive the upload.
        spool: { ...spool, discard: async () => undefined },
        onProgress: (progress) => bar.show(progress),
        ...(epoch !== undefined && { epoch }),
      })
      .then(async (done) => {
        if (options.keepSealed) await spool.keep(sealedFile(cli.home, done.dataset));
        return done;
      })
      .finally(async () => {
        bar.end();
        await spool.discard();
      });
    const { dataset, bytes, deliveries, report } = contributed;
    writeReport(report, options.report);
    for (const line of faultLines(report)) cli.note(`left out: ${line}`);
    const kept: KeptDataset = { terms: contract, preamble: contributed.preamble };
    writeNew(keptFile(cli.home, dataset), `${JSON.stringify(kept)}\n`);
    for (const { endpoint, fault } of deliveries)
      if (fault) cli.note(`${endpoint} does not hold it: ${fault.message}`);
    if (replaced !== undefined) {
      const erasures = await client.dataset.withdraw(contract, replaced);
      const when = isErased(erasures) ? "is erased" : "is erased when no task names it";
      cli.note(`${replaced} ${when}: ${lookAgain(contract, replaced)}`);
    }
    const holders = deliveries.filter(({ complete }) => complete).map(({ endpoint }) => endpoint);
    return {
      json: {
        dataset,
        table,
        rows: contributed.rows,
        skipped: report.skipped,
        columns: report.columns,
        bytes,
        holders,
        workers: deliveries.length,
        ...(replaced !== undefined && { replaced }),
      },
      text: facts({
        dataset,
        rows: contributed.rows,
        "left out": report.skipped || undefined,
        columns: columnsOf(report),
        sealed: size(bytes),
        "held by": `${holders.length} of ${deliveries.length} workers`,
        replaced,
      }),
    };
  });
}
