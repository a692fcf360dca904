/** Contracts with their types: a wrong argument, a wrong count, an unknown function are compile errors (abitype). @module */
import type {
  Abi,
  AbiParametersToPrimitiveTypes,
  ExtractAbiFunction,
  ExtractAbiFunctionNames,
} from "abitype";
import {
  Contract,
  type BaseContract,
  type ContractRunner,
  type ContractTransactionResponse,
  type Overrides,
} from "ethers";
import {
  partyRegistryAbi,
  programRegistryAbi,
  secretContractsAbi,
  taskManagerAbi,
  testTokenAbi,
  vaultAbi,
  workerRegistryAbi,
} from "./abi.ts";
import type { Address } from "./bytes.ts";
import type { Deployment } from "./typed-data.ts";

// ethers takes numbers, bigints and decimal strings for integers, and answers with bigints.
declare module "abitype" {
  interface Register {
    bigIntType: bigint;
    intType: bigint;
  }
}

type Numeric<T> = T extends bigint
  ? bigint | number | string
  : T extends string
    ? string
    : T extends readonly (infer Item)[]
      ? readonly Numeric<Item>[]
      : T extends object
        ? { readonly [K in keyof T]: Numeric<T[K]> }
        : T;
type Arguments<T extends readonly unknown[]> = { [K in keyof T]: Numeric<T[K]> };
type Inputs<A extends Abi, N extends string> = Arguments<
  AbiParametersToPrimitiveTypes<ExtractAbiFunction<A, N>["inputs"], "inputs">
>;
type Outputs<A extends Abi, N extends string> = AbiParametersToPrimitiveTypes<
  ExtractAbiFunction<A, N>["outputs"],
  "outputs"
>;
type Unwrapped<T> = T extends readonly [infer Only] ? Only : T;

/** A contract whose reads and writes have the types of its ABI. */
export type TypedContract<A extends Abi> = BaseContract & {
  readonly [N in ExtractAbiFunctionNames<A, "view" | "pure">]: (
    ...args: [...Inputs<A, N>, overrides?: Overrides]
  ) => Promise<Unwrapped<Outputs<A, N>>>;
} & {
  readonly [N in ExtractAbiFunctionNames<A, "nonpayable" | "payable">]: (
    ...args: [...Inputs<A, N>, overrides?: Overrides]
  ) => Promise<ContractTransactionResponse>;
};

export const contractAt = <const A extends Abi>(
  address: string,
  abi: A,
  runner: ContractRunner,
): TypedContract<A> =>
  new Contract(address, abi as never, runner) as BaseContract as TypedContract<A>;

/** All contracts of a deployment. */
export type Contracts = Awaited<ReturnType<typeof connect>>;

/** Finds all contracts from the one address of a deployment. */
export async function connect(deployment: Deployment, runner: ContractRunner) {
  const secretContracts = contractAt(deployment.contracts, secretContractsAbi, runner);
  const [party, program, worker, task, money] = await Promise.all([
    secretContracts.partyRegistry(),
    secretContracts.programRegistry(),
    secretContracts.workerRegistry(),
    secretContracts.taskManager(),
    secretContracts.vault(),
  ]);
  const vault = contractAt(money, vaultAbi, runner);
  return {
    secretContracts,
    partyRegistry: contractAt(party, partyRegistryAbi, runner),
    programRegistry: contractAt(program, programRegistryAbi, runner),
    workerRegistry: contractAt(worker, workerRegistryAbi, runner),
    taskManager: contractAt(task, taskManagerAbi, runner),
    vault,
    token: contractAt(await vault.token(), testTokenAbi, runner),
    /** Lower-case addresses, for log filters and typed data. */
    addresses: {
      secretContracts: deployment.contracts,
      partyRegistry: party.toLowerCase() as Address,
      programRegistry: program.toLowerCase() as Address,
      workerRegistry: worker.toLowerCase() as Address,
      taskManager: task.toLowerCase() as Address,
      vault: money.toLowerCase() as Address,
    },
  };
}
