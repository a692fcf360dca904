/**
 * Everything that is signed, as EIP-712 typed data in one domain per deployment: a signature names chain, deployment and
 * what it is about, and a wallet can show it. `contracts/libraries/TypedData.sol` says the same of all but `Erasure`, which no
 * contract reads.
 * @module
 */
import {
  TypedDataEncoder,
  computeAddress,
  recoverAddress,
  SigningKey,
  type TypedDataField,
} from "ethers";
import { toHex, type Address, type Hash, type Hex } from "./bytes.ts";
import { ProtocolError } from "./errors.ts";
import type { Committee, DatasetName, Result, Task, Terms } from "./schema.ts";

/** A deployment: chain and the address of SecretContracts. */
export interface Deployment {
  readonly chainId: number;
  readonly contracts: Address;
}

const fields = (text: string): TypedDataField[] =>
  text.split(",").map((field) => {
    const [type, name] = field.split(" ") as [string, string];
    return { type, name };
  });
const committee = {
  Committee: fields("uint32 version,uint8 threshold,CommitteeWorker[] workers"),
  CommitteeWorker: fields("address signer,bytes sealingKey,bytes32 measurement"),
};

const termsTypes = {
  Terms: fields(
    "string name,bytes32 program,Member[] members,Committee committee,string policy,uint8 minProtection,uint32 vetoBlocks,uint64 joinBy,bytes32 salt",
  ),
  Member: fields("address account,address consentKey,bytes sealingKey,uint8 abilities"),
  ...committee,
};

/** Types by what is signed. */
const types = {
  Terms: termsTypes,
  Committee: committee,
  CommitteeChange: { CommitteeChange: fields("bytes32 terms,Committee committee"), ...committee },
  Join: {
    Join: fields(
      "Terms terms,uint8 member,uint32 committeeVersion,bytes32 shareCommitment,bytes[] wraps",
    ),
    ...termsTypes,
  },
  Task: {
    Task: fields(
      "bytes32 terms,uint8 requester,string functionName,bytes32 paramsHash,bytes32 privateParams,bytes32 inputsRoot,uint32 recipients,bool changesState,uint64 epsilon,bytes32 releaseId,uint96 fee,uint64 sealBy,uint32 resultWindow,bytes32 salt",
    ),
  },
  Ready: { Ready: fields("bytes32 taskId,bytes32 committee") },
  Result: {
    Result: fields(
      "bytes32 sealDigest,uint8 status,bytes32 reason,bytes32 nextStateRoot,bytes32 outputCommitment,uint64 outputLength",
    ),
  },
  KeyWrap: { KeyWrap: fields("bytes32 dataset,bytes sealingKey,bytes32 wrapHash") },
  Erasure: { Erasure: fields("bytes32 terms,uint8 member,bytes32 dataset,bytes sealingKey") },
} as const satisfies Record<string, Record<string, TypedDataField[]>>;

/** Values by what is signed. */
export interface Signable {
  readonly Terms: Terms;
  readonly CommitteeChange: { terms: Hex; committee: Committee };
  /** The terms in full: what a wallet shows is what is agreed to. */
  readonly Join: {
    terms: Terms;
    member: number;
    committeeVersion: number;
    shareCommitment: Hex;
    wraps: readonly Hex[];
  };
  readonly Task: Task;
  readonly Ready: { taskId: Hex; committee: Hex };
  readonly Result: Result;
  readonly KeyWrap: { dataset: Hex; sealingKey: Hex; wrapHash: Hex };
  /** The enclave with this sealing key has forgotten a member's dataset, and will not open it again. */
  readonly Erasure: DatasetName & { sealingKey: Hex };
}
export type Kind = keyof Signable;

/** What a wallet's `signTypedData` takes. */
export function typedData<K extends Kind>(deployment: Deployment, kind: K, value: Signable[K]) {
  return {
    domain: {
      name: "Cloister",
      version: "1",
      chainId: deployment.chainId,
      verifyingContract: deployment.contracts,
    },
    types: types[kind] as Record<string, TypedDataField[]>,
    value: value as unknown as Record<string, unknown>,
  };
}

/** EIP-712 digest. */
export function digestOf<K extends Kind>(
  deployment: Deployment,
  kind: K,
  value: Signable[K],
): Hash<K> {
  const data = typedData(deployment, kind, value);
  return TypedDataEncoder.hash(data.domain, data.types, data.value) as Hash<K>;
}

/** EIP-712 struct hash of a committee: what `Seal.committee` and `Ready.committee` hold. */
export function committeeHash(value: Committee): Hash<"committee"> {
  return TypedDataEncoder.hashStruct("Committee", types.Committee, value) as Hash<"committee">;
}

/** Name of a secret contract: the digest of its terms. */
export const hashTerms = (deployment: Deployment, terms: Terms): Hash<"Terms"> =>
  digestOf(deployment, "Terms", terms);
export const hashTask = (deployment: Deployment, task: Task): Hash<"Task"> =>
  digestOf(deployment, "Task", task);

/** Signs a digest with a raw secp256k1 key of 32 bytes; 65 bytes r || s || v. */
export function signDigest(privateKey: Uint8Array, digest: Hex): Hex {
  return new SigningKey(privateKey).sign(digest).serialized.toLowerCase() as Hex;
}

/** Address of the key that signed, lower case; malformed signatures give a text no address equals. */
export function signerOf(digest: Hex, signature: Hex): string {
  try {
    return recoverAddress(digest, signature).toLowerCase();
  } catch {
    return "no key";
  }
}

/** @throws ProtocolError SIGNATURE_INVALID */
export function expectSigner(what: string, digest: Hex, signature: Hex, expected: Address): void {
  const actual = signerOf(digest, signature);
  if (actual !== expected.toLowerCase())
    throw new ProtocolError("SIGNATURE_INVALID", { what, expected, actual });
}

/** Address of a private key, lower case. */
export const addressOf = (privateKey: Uint8Array): Address =>
  computeAddress(toHex(privateKey)).toLowerCase() as Address;
