/**
 * The vectors of the protocol: exact bytes that TypeScript, Solidity and the documents must all reproduce. A changed vector is
 * another version of the protocol, never a fix of a test.
 */
import { readFileSync } from "node:fs";
import type { Hex } from "../../protocol/bytes.ts";
import type { Header } from "../../protocol/envelope/header.ts";
import type { EvidenceFacts } from "../../protocol/evidence.ts";
import type { hashBinding, hashRelease } from "../../protocol/identity.ts";
import type { TableSpec } from "../../protocol/program.ts";
import type { Committee, CommitteeWorker, InputRef, Seal } from "../../protocol/schema.ts";
import type { StateNode } from "../../protocol/state/node.ts";
import type { StateRecord } from "../../protocol/state/record.ts";
import type { Deployment, Kind, Signable } from "../../protocol/typed-data.ts";

/** A value and its hash. */
interface Hashed<V> {
  readonly value: V;
  readonly hash: Hex;
}

interface Vectors {
  /** EIP-712: every signed structure with its digest. */
  readonly "typed-data": {
    readonly [K in Kind]: { readonly value: Signable[K]; readonly digest: Hex };
  } & {
    readonly deployment: Deployment;
    readonly Committee: { readonly value: Committee; readonly structHash: Hex };
  };
  /** Tagged hashes that name things. */
  readonly identity: {
    readonly program: Hashed<{ moduleHash: Hex; manifestHash: Hex }>;
    readonly module: Hashed<Hex>;
    readonly worker: Hashed<CommitteeWorker>;
    readonly binding: Hashed<Parameters<typeof hashBinding>[0]>;
    readonly evidence: { readonly value: EvidenceFacts; readonly bytes: Hex; readonly root: Hex };
    readonly params: Hashed<string>;
    readonly inputsRoots: readonly Hashed<readonly InputRef[]>[];
    readonly seal: Hashed<Seal>;
    readonly release: Hashed<Parameters<typeof hashRelease>[0]>;
  };
  /** One table from its columns to its name on chain. */
  readonly envelope: {
    readonly spec: TableSpec;
    readonly columns: { latitude: number[]; longitude: number[]; label: string[] };
    readonly plaintext: Hex;
    readonly dataKey: Hex;
    readonly header: Header;
    readonly headerBytes: Hex;
    readonly headerHash: Hex;
    readonly chunks: readonly Hex[];
    readonly leaves: readonly Hex[];
    readonly dataset: Hex;
  };
  /** From the members' shares to the output's commitment. */
  readonly secrets: {
    readonly terms: Hex;
    readonly shares: readonly [Hex, Hex];
    readonly shareCommitments: readonly [Hex, Hex];
    readonly shareContexts: readonly [Hex, Hex];
    readonly contractSecret: Hex;
    readonly dataKeys: readonly Hex[];
    readonly sealDigest: Hex;
    readonly taskSecret: Hex;
    readonly guestSeed: Hex;
    readonly outputSalt: Hex;
    readonly output: string;
    readonly outputCommitment: Hex;
  };
  /** Nodes of a private state, and the root of one version. */
  readonly state: {
    readonly contractSecret: Hex;
    readonly stateKey: Hex;
    readonly sealDigest: Hex;
    readonly nodes: readonly {
      readonly node: StateNode;
      readonly plain: Hex;
      readonly id: Hex;
      readonly sealed: Hex;
    }[];
    readonly record: StateRecord;
    readonly root: Hex;
  };
}

export const readVectors = <N extends keyof Vectors>(name: N): Vectors[N] =>
  JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), "utf8")) as Vectors[N];
