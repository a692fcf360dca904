/** The newest block, looked at every second: the clock of all deadlines, and the pulse of what is shown live. @module */
import { createContext, use, useEffect, useState, type ReactNode } from "react";
import { ProtocolError } from "../../../protocol/errors.ts";
import { failureOf } from "../../sdk/failure.ts";
import { sleep } from "../../sdk/wait.ts";
import { useSession, type Session } from "./session.tsx";

export interface Head {
  readonly block: number;
  /** Unix seconds. */
  readonly time: number;
  /** Why the chain cannot be read, when it cannot. */
  readonly fault?: ProtocolError;
}

const LOOK_MS = 1000;
export const HeadContext = createContext<Head>({ block: 0, time: 0 });

export function HeadProvider({ children }: { children: ReactNode }) {
  const session = useSession();
  const { provider, place } = session;
  const [head, setHead] = useState<Head>({ block: 0, time: 0 });
  useEffect(() => {
    const leaving = new AbortController();
    const follow = async () => {
      while (!leaving.signal.aborted) {
        const next = await look(provider, place.deployment.chainId);
        if (leaving.signal.aborted) return;
        setHead((last) => ("fault" in next ? { ...last, ...next } : next));
        await sleep(LOOK_MS);
      }
    };
    void follow();
    return () => leaving.abort();
  }, [provider, place]);
  return <HeadContext value={head}>{children}</HeadContext>;
}

/** The chain id is asked again each time: a node may be replaced under the page. */
async function look(
  provider: Session["provider"],
  chainId: number,
): Promise<Head | { fault: ProtocolError }> {
  try {
    const actual = String(BigInt(String(await provider.send("eth_chainId", []))));
    const expected = String(chainId);
    if (actual !== expected)
      return { fault: new ProtocolError("WRONG_CHAIN", { expected, actual }) };
    const block = await provider.getBlock("latest");
    return { block: block?.number ?? 0, time: block?.timestamp ?? 0 };
  } catch (error) {
    return { fault: failureOf("head", error) };
  }
}

export const useHead = (): Head => use(HeadContext);
