/** `cloister trust ...`: which enclaves this home seals data to. @module */
import { Option, type Command } from "commander";
import { hash } from "../arguments.ts";
import { distrustMeasurement, readMeasurements, trustMeasurement } from "../measurements.ts";
import { noun } from "../noun.ts";
import { columns } from "../screen.ts";
import { verb } from "../verb.ts";

const EXAMPLE =
  'trust add 0x5d1f0a3c9b7e2d4f6a8c0b1d3e5f7092a4b6c8daecfe0112233445566778899a --note "built by us"';

export function addTrust(cloister: Command): void {
  const trust = noun(cloister, "trust", "enclaves you seal your data to", EXAMPLE);

  verb(
    trust,
    {
      usage: "add <measurement>",
      says: "trust an enclave",
      notes:
        "A measurement names the code of an enclave. Take it from `cloister worker measurement` of sources you have\nread, or from somebody you believe; not from the worker itself.",
      examples: [EXAMPLE],
      options: [new Option("--note <text>", "why, for yourself")],
    },
    async (cli, { note = "" }: { note?: string }, text) => {
      const measurement = hash(text);
      await trustMeasurement(cli.home, { measurement, note });
      return { json: { measurement, note }, text: `trusted: ${measurement}` };
    },
  );

  verb(
    trust,
    { usage: "list", says: "the measurements you trust", examples: ["trust list"] },
    async (cli) => {
      const measurements = readMeasurements(cli.home);
      const rows = measurements.map((entry) => [entry.measurement, entry.note]);
      return { json: { measurements }, text: columns(["measurement", "note"], rows) };
    },
  );

  verb(
    trust,
    {
      usage: "remove <measurement>",
      says: "seal nothing more to an enclave",
      notes: "What was sealed to it stays readable for it.",
      examples: [EXAMPLE.replace("add", "remove").replace(/ --note.*/, "")],
    },
    async (cli, _options, text) => {
      const measurement = hash(text);
      const removed = await distrustMeasurement(cli.home, measurement);
      return { json: { measurement, removed }, text: removed ? "removed" : "it was not trusted" };
    },
  );
}
