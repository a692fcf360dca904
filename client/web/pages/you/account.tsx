/** Which account pays: one of a wallet, or on a local test chain one that everybody has. @module */
import { useCallback, useState } from "react";
import { Wallet } from "ethers";
import { DEV_CHAIN, devAccounts } from "../../../sdk/dev-accounts.ts";
import { Act } from "../../parts/act.tsx";
import { Choice } from "../../parts/choice.tsx";
import { Hash } from "../../parts/hash.tsx";
import { plainName } from "../../parts/text.ts";
import { useSession } from "../../state/session.tsx";
import { openWallet } from "../../state/wallet-signer.ts";
import { useWallets, type FoundWallet } from "../../state/wallets.ts";

export function AccountPart() {
  const { identity, become, place } = useSession();
  const wallets = useWallets();
  if (identity)
    return (
      <>
        <p>
          Account <Hash value={identity.account} what="account" />, {identity.holder}.
        </p>
        <Act label="Leave" quiet run={async () => become(undefined)} />
      </>
    );
  return (
    <>
      <h2>Account</h2>
      <p>
        It pays and sends. What may be done with your data is signed by another key, which this page
        makes next.
      </p>
      {wallets.map((found) => (
        <WalletButton key={found.id} found={found} />
      ))}
      {wallets.length === 0 && (
        <p className="soft">This browser has no wallet that says so (EIP-6963 or EIP-1193).</p>
      )}
      {place.deployment.chainId === DEV_CHAIN && <DevPicker />}
    </>
  );
}

function WalletButton({ found }: { found: FoundWallet }) {
  const { become, provider, place } = useSession();
  const name = plainName(found.name);
  const connect = useCallback(async () => {
    const { account, signer } = await openWallet(found.wallet, provider, place.deployment.chainId);
    become({ account, signer, holder: `in the wallet ${name}` });
  }, [found, provider, place, become, name]);
  return <Act label={`Use ${name}`} run={connect} />;
}

/** The deployer is the first of them and not offered. */
const [, ...known] = Array.from({ length: 7 }, (_, at) => at);

function DevPicker() {
  const { become, provider } = useSession();
  const [chosen, setChosen] = useState("1");
  const use = useCallback(async () => {
    const account = devAccounts(known.length + 1)[Number(chosen)];
    if (!account) return;
    const { address, privateKey } = account;
    const signer = new Wallet(privateKey, provider);
    become({ account: address, signer, holder: `development account ${chosen}` });
  }, [chosen, provider, become]);
  return (
    <section aria-label="Development accounts">
      <h3>Development accounts</h3>
      <p className="banner" role="note">
        <strong>PUBLIC KEYS:</strong> everybody knows the keys of these accounts. They are offered
        on local test chains ({DEV_CHAIN}) only.
      </p>
      <Choice
        label="Development account"
        value={chosen}
        onChange={setChosen}
        options={known.map((at) => ({ value: String(at), label: `dev ${at}` }))}
      />
      <Act label="Use this account" run={use} />
    </section>
  );
}
