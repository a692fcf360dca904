/** Who may leave bytes here: the chain is the access list, there are no accounts. @module */
import type { Hex } from "../../../protocol/bytes.ts";
import { ZERO_HASH } from "../../../protocol/bytes.ts";
import { expectHeader } from "../../../protocol/envelope/header.ts";
import { hashDataset, type Preamble } from "../../../protocol/envelope/package.ts";
import { expectKeyWrap, type KeyWrap } from "../../../protocol/envelope/wrap.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import type { Committee, CommitteeWorker } from "../../../protocol/schema.ts";
import type { ChainView } from "../chain/view.ts";

/** What the chain says about an envelope that may come in. */
export interface Admission {
  readonly kind: "dataset" | "params";
  readonly terms: Hex;
  readonly member: number;
  /** Account whose quota the bytes count against. */
  readonly account: string;
  /** The data key for this worker's enclave, signed by the member. */
  readonly wrap: KeyWrap;
}

/** What may be uploaded under a hash; undefined when the chain knows nothing of it. */
export interface Expected {
  readonly kind: "dataset" | "params";
  readonly terms: Hex;
  readonly member: number;
  readonly table: number;
  readonly epoch: number;
  /** Not on chain for private parameters. */
  readonly chunks?: number;
}

export function expectedUploads(view: ChainView, dataset: Hex): Expected[] {
  if (dataset === ZERO_HASH) return [];
  const datasets = view.commitments(dataset).map(({ terms, member, table, epoch, chunks }) => {
    return { kind: "dataset" as const, terms, member, table, epoch, chunks };
  });
  const params = view.proposalsWith(dataset).map(({ terms, task }) => {
    return { kind: "params" as const, terms, member: task.requester, table: 0, epoch: 0 };
  });
  return [...datasets, ...params];
}

/**
 * Checks a preamble against the chain, cheapest first: nothing is hashed for who is not expected.
 * @param self keys of this worker's enclave
 * @throws ProtocolError NOT_COMMITTED, ENVELOPE_MALFORMED, ENVELOPE_FOREIGN, NOT_IN_COMMITTEE, HASH_MISMATCH, SIGNATURE_INVALID,
 * CANNOT_OPEN when there is no data key for this worker
 */
export function admitPreamble(
  view: ChainView,
  self: CommitteeWorker,
  dataset: Hex,
  { header, leaves, wraps }: Preamble,
): Admission {
  const candidates = expectedUploads(view, dataset);
  // By member too: others may have committed the hash as theirs.
  const expected =
    candidates.find((one) => one.terms === header.terms && one.member === header.member) ??
    candidates[0];
  if (!expected) throw new ProtocolError("NOT_COMMITTED", { hash: dataset });
  if (expected.chunks !== undefined && expected.chunks !== leaves.length)
    throw new ProtocolError("ENVELOPE_MALFORMED", {
      what: `${leaves.length} chunks, ${expected.chunks} are on chain`,
    });
  const { chainId, contracts } = view.deployment;
  const { kind, terms, member, table, epoch } = expected;
  expectHeader(header, { chainId, contracts, kind, terms, member, table, epoch });
  if (indexIn(view.committee(terms), self) < 0)
    throw new ProtocolError("NOT_IN_COMMITTEE", { signer: self.signer });
  const actual = hashDataset(header, leaves);
  if (actual !== dataset)
    throw new ProtocolError("HASH_MISMATCH", { what: "dataset", expected: dataset, actual });

  const owner = view.terms(terms)?.members[member];
  const wrap = wraps.find((one) => one.sealingKey === self.sealingKey);
  if (!wrap || !owner)
    throw new ProtocolError("CANNOT_OPEN", { what: `data key of member ${member}` });
  expectKeyWrap(view.deployment, dataset, wrap, owner.consentKey);
  return { kind, terms, member, account: owner.account, wrap };
}

/** Index of a worker in a committee, by all it is: signer, sealing key and code; -1 when it is not in it. */
export function indexIn(committee: Committee | undefined, self: CommitteeWorker): number {
  return (committee?.workers ?? []).findIndex(
    (worker) =>
      worker.signer === self.signer &&
      worker.sealingKey === self.sealingKey &&
      worker.measurement === self.measurement,
  );
}
