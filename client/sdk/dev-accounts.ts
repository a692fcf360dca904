/** Accounts whose keys everybody knows: rich on every local chain, to be used on no other. @module */
import { HDNodeWallet, Mnemonic } from "ethers";
import type { Address, Hex } from "../../protocol/bytes.ts";

/** The chain id of Hardhat's and Anvil's local chains. */
export const DEV_CHAIN = 31337;
/** Hardhat's public test phrase. */
const PHRASE = "test test test test test test test test test test test junk";

export interface Account {
  readonly address: Address;
  readonly privateKey: Hex;
}

/** The first `count` of them; on our local chains number 0 deploys. */
export function devAccounts(count: number): Account[] {
  const phrase = Mnemonic.fromPhrase(PHRASE);
  return Array.from({ length: count }, (_, index) => {
    const wallet = HDNodeWallet.fromMnemonic(phrase, `m/44'/60'/0'/0/${index}`);
    const address = wallet.address.toLowerCase() as Address;
    return { address, privateKey: wallet.privateKey as Hex };
  });
}
