/** The demo's first half: parties with keys, an agreement they all join, their sealed data. @module */
import { Wallet } from "ethers";
import {
  createClient,
  newPartyKeys,
  type Client,
  type PartyKeys,
  type ProgramFiles,
  type Sent,
  type Trust,
} from "../client/sdk/index.ts";
import type { Hex } from "../protocol/bytes.ts";
import { defaultPolicy, type Policy } from "../protocol/policy.ts";
import type { Net } from "./net.ts";
import type { TelcoFiles } from "./sample-data.ts";
import { count, short, step } from "./screen.ts";

const POLL_MS = 100;
const MONEY = 1_000n * 10n ** 18n;

export interface Telco {
  readonly name: string;
  readonly client: Client;
  readonly keys: PartyKeys;
  readonly files: TelcoFiles;
  /** The secret contract it joined. */
  readonly terms: Hex;
  /** Transactions it sent. */
  readonly sent: Sent[];
}

export interface Agreement {
  readonly program: ProgramFiles;
  readonly requests: Policy["requests"];
  readonly trust: Trust;
}

/** Makes parties of the files, publishes the program, writes the terms, lets everybody join. */
export async function agree(
  net: Net,
  files: readonly TelcoFiles[],
  { program: built, requests, trust }: Agreement,
): Promise<Telco[]> {
  const { provider, deployment } = net;
  const parties = await step(
    "Three telcos register and fill the vault",
    () =>
      Promise.all(
        files.map(async (own, i) => {
          const account = net.accounts[i];
          if (!account) throw new Error("too few accounts");
          const sent: Sent[] = [];
          const keys = newPartyKeys();
          const client = createClient({
            provider,
            deployment,
            trust,
            signer: new Wallet(account.privateKey, provider),
            keys,
            pollMs: POLL_MS,
            onTransaction: (transaction) => sent.push(transaction),
          });
          await net.mint(account.address, MONEY);
          await client.party.register(own.name);
          await client.vault.deposit(MONEY);
          return { name: own.name, client, keys, files: own, sent };
        }),
      ),
    (all) => all.map(({ name }) => name).join(", "),
  );
  const author = parties[0]?.client as Client;
  const endpoints = net.workers.map((worker) => worker.endpoint);
  const program = await step(
    "Publish the program",
    async () => {
      const hash = await author.program.publish(built);
      await author.program.upload(hash, endpoints);
      return hash;
    },
    (hash) => `${short(hash)}, ${count(built.module.length)} bytes everybody can read`,
  );
  const workers = await author.worker.list();
  const terms = await step(
    "Write the terms",
    async () =>
      author.contract.create({
        name: "where to build towers",
        program,
        members: await Promise.all(parties.map(({ client }) => client.party.member())),
        workers: workers.map((worker) => worker.keys),
        threshold: 2,
        policy: { ...defaultPolicy, requests },
        // Said out loud; left out, the terms demand hardware.
        minProtection: "simulated",
      }),
    (hash) => `${short(hash)}, 2 of 3 workers, only these ${requests.length} questions`,
  );
  await step(
    "Each checks every worker's evidence, then joins",
    () => Promise.all(parties.map(({ client }) => client.contract.join(terms))),
    () => `${parties.length} of ${parties.length} joined: active`,
  );
  return parties.map((party) => ({ ...party, terms }));
}

/** Each seals its tables on its own machine and uploads them to every worker. */
export async function contributeAll(telcos: readonly Telco[]): Promise<void> {
  for (const { name, client, files, terms } of telcos)
    await step(
      `${name} seals and uploads`,
      async () => [
        await client.dataset.contribute({ terms, table: "locations", rows: files.locationsCsv }),
        await client.dataset.contribute({ terms, table: "training", rows: files.trainingCsv }),
      ],
      (datasets) => {
        const rows = datasets.map((dataset) => count(dataset.rows)).join(" + ");
        const bytes = datasets.reduce((sum, dataset) => sum + dataset.bytes, 0);
        return `${rows} rows, ${count(bytes)} bytes of ciphertext to 3 workers`;
      },
    );
}
