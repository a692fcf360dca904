/** A client for a verb: it reads; with an account's password it also sends; with the party's keys it signs and opens. @module */
import { VoidSigner, type JsonRpcProvider, type Signer } from "ethers";
import type { GasPrices } from "../../protocol/chain/deployment.ts";
import { connectProvider } from "../../protocol/chain/node.ts";
import { createClient, type Client } from "../sdk/client.ts";
import { contextOf, type ClientOptions, type Context } from "../sdk/context.ts";
import { partyKeysFrom, type PartyKeys } from "../sdk/keys.ts";
import type { Cli } from "./cli.ts";
import { findPlace, type Place } from "./deployment.ts";
import { accountNames, memberOf, openKey } from "./keystore.ts";
import { trustedMeasurements } from "./measurements.ts";
import { passwordFor } from "./password.ts";
import { programShelf } from "./programs.ts";
import { PricedWallet } from "./wallet.ts";

/** What a verb needs of the keystore. */
export type Needs = "nothing" | "account" | "keys" | "account and keys";

export interface Session {
  readonly client: Client;
  /** For what is read beside the verbs of the client. */
  readonly ctx: Context;
  readonly provider: JsonRpcProvider;
  readonly place: Place;
}

export interface SessionOptions {
  readonly needs?: Needs;
  /** Said on the command line, never remembered. */
  readonly acceptSimulated?: boolean | undefined;
}

/** Runs `act` with a client and closes the connection after it. */
export async function withSession<T>(
  cli: Cli,
  options: SessionOptions,
  act: (session: Session) => Promise<T>,
): Promise<T> {
  const place = await findPlace(cli);
  const provider = connectProvider(place.rpc, place.deployment.chainId);
  try {
    const settings: ClientOptions = {
      provider,
      deployment: place.deployment,
      ...whereToLook(place),
      confirmations: cli.globals.confirmations ?? place.chain.confirmations ?? CONFIRMATIONS,
      programs: programShelf(cli.home),
      trust: {
        measurements: trustedMeasurements(cli.home),
        acceptSimulated: options.acceptSimulated ?? false,
      },
      onTransaction: ({ method, hash, gasUsed }) =>
        cli.note(cli.paint.dim(`${method}: ${hash}, ${gasUsed} gas`)),
      ...(await unlocked(cli, provider, place, options.needs ?? "nothing")),
    };
    return await act({
      client: createClient(settings),
      ctx: contextOf(settings),
      provider,
      place,
    });
  } finally {
    provider.destroy();
  }
}

/** Blocks before a transaction counts, when neither flag nor file says it. */
const CONFIRMATIONS = 2;

const whereToLook = ({ chain: { fromBlock, logRange } }: Place) => ({
  ...(fromBlock !== undefined && { fromBlock }),
  ...(logRange !== undefined && { logRange }),
});

/** What stands in the file, unless a flag says otherwise. */
const pricesOf = ({ globals: { maxFee, priorityFee } }: Cli, { chain }: Place): GasPrices => ({
  ...chain.gas,
  ...(maxFee !== undefined && { maxFeePerGas: maxFee }),
  ...(priorityFee !== undefined && { maxPriorityFeePerGas: priorityFee }),
});

async function unlocked(
  cli: Cli,
  provider: JsonRpcProvider,
  place: Place,
  needs: Needs,
): Promise<{ signer?: Signer; keys?: PartyKeys }> {
  const { account } = cli.globals;
  if (needs === "nothing") return watching(cli, provider);
  // Which account it is stands in the file: said before a password is asked for.
  const { account: from } = memberOf(cli.home, account);
  const password = await passwordFor(cli, `account "${account}" (${from})`);
  const open = (role: "account" | "consent" | "sealing") =>
    openKey(cli.home, account, role, password);
  const [sender, consentKey, sealingKey] = await Promise.all([
    needs === "keys" ? undefined : open("account"),
    needs === "account" ? undefined : open("consent"),
    needs === "account" ? undefined : open("sealing"),
  ]);
  const signer = sender
    ? sender.use((key) => PricedWallet.of(key, provider, cli.home, pricesOf(cli, place)))
    : new VoidSigner(from, provider);
  if (!consentKey || !sealingKey) return { signer };
  const keys = consentKey.use((consent) =>
    sealingKey.use((sealing) => partyKeysFrom({ consentKey: consent, sealingKey: sealing })),
  );
  return { signer, keys };
}

/** Who asks, when a keystore says it: reading needs no password. */
function watching(cli: Cli, provider: JsonRpcProvider): { signer?: Signer } {
  const { account } = cli.globals;
  if (!accountNames(cli.home).includes(account)) return {};
  return { signer: new VoidSigner(memberOf(cli.home, account).account, provider) };
}
