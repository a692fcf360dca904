/** Wallets of the browser: announced by EIP-6963, or the one that puts itself into the page (EIP-1193). @module */
import { useSyncExternalStore } from "react";
import type { Eip1193Provider } from "ethers";

export interface FoundWallet {
  readonly id: string;
  readonly name: string;
  readonly wallet: Eip1193Provider;
}

/** What a wallet announces; a stranger's data. */
interface Announcement {
  readonly info?: { readonly uuid?: unknown; readonly name?: unknown };
  readonly provider?: Partial<Eip1193Provider>;
}

const MOST_NAME = 40;
let found: readonly FoundWallet[] = [];

/** Listens for wallets and asks those that are there already to say so again. */
function watch(onChange: () => void): () => void {
  const hear = (event: Event) => {
    const wallet = read((event as CustomEvent<Announcement>).detail);
    if (!wallet || found.some(({ id }) => id === wallet.id)) return;
    found = [...found, wallet];
    onChange();
  };
  addEventListener("eip6963:announceProvider", hear);
  dispatchEvent(new Event("eip6963:requestProvider"));
  return () => removeEventListener("eip6963:announceProvider", hear);
}

function read({ info, provider }: Announcement): FoundWallet | undefined {
  if (typeof info?.uuid !== "string" || typeof provider?.request !== "function") return undefined;
  const name = typeof info.name === "string" ? info.name.slice(0, MOST_NAME) : "a wallet";
  return { id: info.uuid, name, wallet: provider as Eip1193Provider };
}

/** All wallets; without an announcement, the page's own `ethereum`, when there is one. */
export function useWallets(): readonly FoundWallet[] {
  const announced = useSyncExternalStore(watch, () => found);
  if (announced.length > 0) return announced;
  const { ethereum } = globalThis as { ethereum?: Eip1193Provider };
  return ethereum ? [{ id: "page", name: "Wallet of this browser", wallet: ethereum }] : [];
}
