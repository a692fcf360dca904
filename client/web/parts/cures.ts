/** From a refusal to what one does in this app about it. @module */
import type { Failures } from "../../../protocol/errors.ts";

const cures: { readonly [C in keyof Failures]?: string } = {
  BALANCE_LOW: "The page “You” fills the vault.",
  KEY_MISSING: "The page “You” has accounts and keys.",
  KEYSTORE_PASSWORD: "Passwords cannot be recovered; an exported file may have another one.",
  MEASUREMENT_UNKNOWN: "Compare it with a build of your own, then say that you trust it.",
  SIMULATED_REFUSED: "Tick the box that accepts it, if you do.",
  RPC_UNREACHABLE: "Is the chain's node running, and may this page connect to it?",
  WRONG_CHAIN: "Switch the wallet, or use the app of that chain. Nothing was signed.",
  NOT_A_MEMBER: "Another account or other keys may be a member.",
  WORKER_UNREACHABLE: "It is tried again; other workers of the committee may be enough.",
};

export const cureFor = (code: keyof Failures): string | undefined => cures[code];
