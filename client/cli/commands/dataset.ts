/** `cloister dataset ...`: your data in a secret contract. @module */
import { Option, type Command } from "commander";
import type { Hex } from "../../../protocol/bytes.ts";
import { hash, whole } from "../arguments.ts";
import { sendTable, type SendOptions } from "../contribution.ts";
import { erasedBy, erasureJson } from "../erasure.ts";
import { noun } from "../noun.ts";
import { columns } from "../screen.ts";
import { withSession } from "../session.ts";
import { check } from "../table.ts";
import { verb } from "../verb.ts";
import { acceptSimulated, EXAMPLE_HASH, ofContract } from "./common.ts";
import { addRewrap } from "./dataset-rewrap.ts";
import { addWithdraw } from "./dataset-withdraw.ts";

const table = (): Option =>
  new Option("--table <name>", "table of the program").makeOptionMandatory();
const epoch = (): Option =>
  new Option(
    "--epoch <n>",
    "data epoch whose privacy budget pays; default: 0, which has none",
  ).argParser(whole(0, 2 ** 32 - 1));
const report = (): Option =>
  new Option("--report <file>", "write each bad row into a CSV file: row, column, kind, reason");
const skipInvalid = (): Option => new Option("--skip-invalid", "leave bad rows out");
const keepSealed = (): Option =>
  new Option(
    "--keep-sealed",
    "keep the ciphertext in your home, for a committee that cannot get it from an earlier one; `party backup` leaves it out",
  );
const sealed = `--contract ${EXAMPLE_HASH} --table locations --accept-simulated`;

const sending = (): Option[] => [
  ofContract(),
  table(),
  skipInvalid(),
  report(),
  epoch(),
  keepSealed(),
  acceptSimulated(),
];

export function addDataset(cloister: Command): void {
  const dataset = noun(
    cloister,
    "dataset",
    "your tables, sealed to the workers of one secret contract",
    "dataset check customers.csv --manifest manifest.json --table locations",
  );

  verb(
    dataset,
    {
      usage: "check <file>",
      says: "read a CSV as contribute would, and send nothing",
      notes: "With --manifest it needs no network at all.",
      examples: [
        `dataset check customers.csv --contract ${EXAMPLE_HASH} --table locations`,
        "dataset check customers.csv --manifest manifest.json --table locations",
      ],
      options: [
        table(),
        new Option(
          "--contract <hash>",
          "the secret contract whose program says what is right",
        ).argParser(hash),
        new Option("--manifest <file>", "the program's manifest, as a file").conflicts("contract"),
        report(),
      ],
    },
    check,
  );

  verb(
    dataset,
    {
      usage: "contribute <file>",
      says: "check a CSV, seal it here, put its hash on chain, upload the ciphertext",
      notes:
        "Every worker's evidence is verified first. One bad value, and nothing is sent, unless --skip-invalid says so.",
      examples: [`dataset contribute customers.csv ${sealed}`],
      options: sending(),
    },
    async (cli, options: SendOptions, file) => sendTable(cli, options, file),
  );

  verb(
    dataset,
    {
      usage: "replace <dataset> <file>",
      says: "contribute a file in place of an earlier dataset",
      notes:
        "Tasks that are proposed keep the dataset they name. The old one is withdrawn when the new one is held.",
      examples: [`dataset replace ${EXAMPLE_HASH} customers.csv ${sealed}`],
      options: sending(),
    },
    async (cli, options: SendOptions, old, file) => sendTable(cli, options, file, hash(old)),
  );

  addRewrap(dataset);

  addWithdraw(dataset);

  verb(
    dataset,
    {
      usage: "list",
      says: "datasets of all members; of each only hash and number of chunks are known",
      notes: "Of withdrawn ones the workers are asked whether they have erased them.",
      examples: [`dataset list --contract ${EXAMPLE_HASH}`],
      options: [ofContract()],
    },
    async (cli, { contract }: { contract: Hex }) =>
      withSession(cli, {}, async ({ client }) => {
        const listed = await client.dataset.list(contract);
        const datasets = await Promise.all(
          listed.map(async (entry) => ({
            ...entry,
            workers: entry.withdrawn
              ? await client.dataset.erasures({ terms: contract, ...entry })
              : [],
          })),
        );
        const rows = datasets.map((entry) => [
          `${entry.member}/${entry.table}/${entry.dataset}`,
          String(entry.chunks),
          entry.withdrawn ? `withdrawn, erased by ${erasedBy(entry.workers)}` : "",
        ]);
        const text = columns(["member/table/dataset", "chunks of 1 MiB", ""], rows);
        const json = datasets.map(({ workers, ...entry }) =>
          entry.withdrawn ? { ...entry, workers: workers.map(erasureJson) } : entry,
        );
        return { json: { datasets: json }, text };
      }),
  );
}
