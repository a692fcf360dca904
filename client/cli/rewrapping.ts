/** The data keys of what this home contributed, for the workers in force. @module */
import { existsSync, openAsBlob } from "node:fs";
import type { Hex } from "../../protocol/bytes.ts";
import { failures, ProtocolError } from "../../protocol/errors.ts";
import { datasetsIn, knownContract, ownEntry } from "../sdk/collaboration.ts";
import type { Cli } from "./cli.ts";
import { readJson } from "./home.ts";
import { KeptDataset, keptFile, sealedFile } from "./kept.ts";
import { columns } from "./screen.ts";
import type { Session } from "./session.ts";
import type { Answer } from "./verb.ts";

interface Rewrapped {
  readonly dataset: Hex;
  /** Endpoints of workers in force that hold it now. */
  readonly holders: readonly string[];
  /** Why not all do. */
  readonly faults: readonly ProtocolError[];
}

/**
 * Gives the workers in force the key of every dataset of this member that is not withdrawn. One that fails does not stop the others.
 * @throws ProtocolError NOT_A_MEMBER and those of reading a contract
 */
export async function rewrapAll(cli: Cli, session: Session, terms: Hex): Promise<Answer> {
  const { ctx } = session;
  const known = await knownContract(ctx, terms);
  const { index } = await ownEntry(ctx, known);
  const own = datasetsIn(known.events).filter(
    ({ member, withdrawn }) => member === index && !withdrawn,
  );
  const done: Rewrapped[] = [];
  for (const { dataset } of own) done.push(await rewrapOne(cli, session, terms, dataset));
  const faults = done.flatMap((entry) => entry.faults);
  for (const fault of faults) cli.note(fault.message);
  const failed = done.find(({ holders }) => holders.length < known.committee.threshold);
  const [first] = failed?.faults ?? [];
  return {
    json: {
      contract: terms,
      committee: known.committee.version,
      datasets: done.map(({ dataset, holders, faults: why }) => {
        return { dataset, holders, faults: why.map(({ code }) => code) };
      }),
    },
    text: done.length === 0 ? "you have no datasets here" : tableOf(done),
    ...(first && { exit: failures[first.code].exit }),
  };
}

async function rewrapOne(
  cli: Cli,
  { client }: Session,
  terms: Hex,
  dataset: Hex,
): Promise<Rewrapped> {
  try {
    const file = keptFile(cli.home, dataset);
    // Sealed by another home, or in a browser: without its own key wrap the owner cannot open it here.
    if (!existsSync(file))
      throw new ProtocolError("NOT_FOUND", { what: "kept header of dataset", name: dataset });
    const { preamble } = readJson(file, KeptDataset);
    const sealed = sealedFile(cli.home, dataset);
    const ciphertext = existsSync(sealed) ? await openAsBlob(sealed) : undefined;
    const deliveries = await client.dataset.rewrap({
      terms,
      dataset,
      preamble,
      ...(ciphertext && { ciphertext }),
    });
    return {
      dataset,
      holders: deliveries.flatMap(({ endpoint, complete }) => (complete ? endpoint : [])),
      faults: deliveries.flatMap(({ fault }) => fault ?? []),
    };
  } catch (error) {
    if (error instanceof ProtocolError) return { dataset, holders: [], faults: [error] };
    throw error;
  }
}

const tableOf = (done: readonly Rewrapped[]): string =>
  columns(
    ["dataset", "held by", ""],
    done.map(({ dataset, holders, faults }) => [
      dataset,
      `${holders.length} worker(s)`,
      faults.map(({ code }) => code).join(", "),
    ]),
  );
