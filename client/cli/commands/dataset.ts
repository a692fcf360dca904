/** `cloister dataset ...`: your data in a secret contract. @module */
import { Option, type Command } from "commander";
import type { Hex } from "../../../protocol/bytes.ts";
import { hash, whole } from "../arguments.ts";
import { sendTable, type SendOptions } from "../contribution.ts";
import { noun } from "../noun.ts";
import { columns } from "../screen.ts";
import { withSession } from "../session.ts";
import { check } from "../table.ts";
import { verb } from "../verb.ts";
import { acceptSimulated, EXAMPLE_HASH, ofContract } from "./common.ts";

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
const sealed = `--contract ${EXAMPLE_HASH} --table locations --accept-simulated`;

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
      options: [ofContract(), table(), skipInvalid(), report(), epoch(), acceptSimulated()],
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
      options: [ofContract(), table(), skipInvalid(), report(), epoch(), acceptSimulated()],
    },
    async (cli, options: SendOptions, old, file) => sendTable(cli, options, file, hash(old)),
  );

  verb(
    dataset,
    {
      usage: "withdraw <dataset>",
      says: "let no new task name a dataset",
      notes: "What is proposed already keeps it: veto, or pause, to stop that.",
      examples: [`dataset withdraw ${EXAMPLE_HASH} --contract ${EXAMPLE_HASH}`],
      options: [ofContract()],
    },
    async (cli, { contract }: { contract: Hex }, text) => {
      const name = hash(text);
      return withSession(cli, { needs: "account and keys" }, async ({ client }) => {
        await client.dataset.withdraw(contract, name);
        return { json: { dataset: name, withdrawn: true }, text: `withdrawn: ${name}` };
      });
    },
  );

  verb(
    dataset,
    {
      usage: "list",
      says: "datasets of all members; of each only hash and number of chunks are known",
      examples: [`dataset list --contract ${EXAMPLE_HASH}`],
      options: [ofContract()],
    },
    async (cli, { contract }: { contract: Hex }) =>
      withSession(cli, {}, async ({ client }) => {
        const datasets = await client.dataset.list(contract);
        const rows = datasets.map((entry) => [
          `${entry.member}/${entry.table}/${entry.dataset}`,
          String(entry.chunks),
          entry.withdrawn ? "withdrawn" : "",
        ]);
        const text = columns(["member/table/dataset", "chunks of 1 MiB", ""], rows);
        return { json: { datasets }, text };
      }),
  );
}
