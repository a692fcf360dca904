/** Who uses the page, on which deployment, and what it believes: one value that all pages share. @module */
import {
  createContext,
  use,
  useCallback,
  useEffect,
  useMemo,
  useState,
  type ReactNode,
} from "react";
import type { JsonRpcProvider, Signer } from "ethers";
import type { Address, Hex } from "../../../protocol/bytes.ts";
import { connectProvider } from "../../../protocol/chain/node.ts";
import { createClient, type Client } from "../../sdk/client.ts";
import { contextOf, type ClientOptions, type Context } from "../../sdk/context.ts";
import type { PartyKeys } from "../../sdk/keys.ts";
import type { ProgramFiles } from "../../sdk/program.ts";
import { Measurements, ofDeployment, recall, remember } from "./memory.ts";
import type { Place } from "./place.ts";

/** The person at the page. */
export interface Identity {
  readonly account: Address;
  /** Where its key lies, for people. */
  readonly holder: string;
  readonly signer: Signer;
  /** Consent and sealing key, once unlocked. */
  readonly keys?: PartyKeys;
}

export interface Session {
  readonly place: Place;
  readonly provider: JsonRpcProvider;
  /** Only reads, and stays the same whoever is here: what a page loads with it outlives a tick or a sign-in. */
  readonly reader: Client;
  /** Of the identity; without one it only reads. */
  readonly client: Client;
  /** For what is read beside the verbs of the client. */
  readonly ctx: Context;
  readonly identity: Identity | undefined;
  readonly become: (identity: Identity | undefined) => void;
  /** Measurements of code that this person said it trusts, here, for this deployment. */
  readonly trusted: readonly Hex[];
  readonly trust: (measurement: Hex, yes: boolean) => void;
  /** Said for this visit only. */
  readonly acceptSimulated: boolean;
  readonly setAcceptSimulated: (yes: boolean) => void;
}

const SessionContext = createContext<Session | undefined>(undefined);
/** Milliseconds between looks at a transaction. */
const POLL_MS = 300;

export function SessionProvider({ place, children }: { place: Place; children: ReactNode }) {
  const { deployment, rpc, fromBlock, confirmations, logRange } = place;
  const name = ofDeployment("trusted", deployment);
  const [identity, become] = useState<Identity>();
  const [trusted, setTrusted] = useState<readonly Hex[]>(() => recall(name, Measurements) ?? []);
  const [acceptSimulated, setAcceptSimulated] = useState(false);
  const provider = useMemo(() => connectProvider(rpc, deployment.chainId), [rpc, deployment]);
  useEffect(() => () => provider.destroy(), [provider]);
  const [programs] = useState(() => new Map<Hex, ProgramFiles>());
  const trust = useCallback(
    (measurement: Hex, yes: boolean) =>
      setTrusted((all) => {
        const others = all.filter((entry) => entry !== measurement);
        const next = yes ? [...others, measurement] : others;
        remember(name, next);
        return next;
      }),
    [name],
  );
  const common = useMemo(
    (): ClientOptions => ({
      provider,
      deployment,
      fromBlock,
      confirmations,
      programs,
      pollMs: POLL_MS,
      ...(logRange !== undefined && { logRange }),
    }),
    [provider, deployment, fromBlock, confirmations, programs, logRange],
  );
  const reader = useMemo(() => createClient(common), [common]);
  const session = useMemo((): Session => {
    const options: ClientOptions = {
      ...common,
      trust: { measurements: trusted, acceptSimulated },
      ...(identity && { signer: identity.signer }),
      ...(identity?.keys && { keys: identity.keys }),
    };
    return {
      place,
      provider,
      reader,
      client: createClient(options),
      ctx: contextOf(options),
      identity,
      become,
      trusted,
      trust,
      acceptSimulated,
      setAcceptSimulated,
    };
  }, [place, provider, common, reader, identity, trusted, trust, acceptSimulated]);
  return <SessionContext value={session}>{children}</SessionContext>;
}

export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error("no session around this part");
  return session;
}
