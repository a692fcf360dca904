/**
 * A small world for the contract tests: a deployment, members, workers and one secret contract that all of them joined.
 * Everything signed comes from `protocol/`, so the contracts are tested against its bytes.
 * @module
 */
import {
  Contract,
  ZeroHash,
  concat,
  toBeHex,
  type BaseContract,
  type ContractTransactionReceipt,
  type InterfaceAbi,
  type Signer,
} from "ethers";
import {
  callbackRelayAbi,
  partyRegistryAbi,
  programRegistryAbi,
  secretContractsAbi,
  simulatedVerifierAbi,
  taskManagerAbi,
  testTokenAbi,
  vaultAbi,
  workerRegistryAbi,
} from "../../protocol/abi.ts";
import { utf8, type Address, type Hex } from "../../protocol/bytes.ts";
import { simulatedEvidence } from "../../protocol/evidence.ts";
import {
  hashParams,
  hashProgram,
  hashSeal,
  hashWorker,
  inputsRoot,
} from "../../protocol/identity.ts";
import type {
  Committee,
  CommitteeWorker,
  InputRef,
  Result,
  Seal,
  Signed,
  Task,
  Terms,
} from "../../protocol/schema.ts";
import {
  committeeHash,
  digestOf,
  hashTask,
  hashTerms,
  signDigest,
  type Deployment,
  type Kind,
  type Signable,
} from "../../protocol/typed-data.ts";
import { deploy, type Addresses, type DeployOptions } from "../../scripts/deploy.ts";
import {
  DAY,
  HOUR,
  addressOfKey,
  bytes32,
  createChain,
  deployMock,
  eventOf,
  keyOf,
  lower,
  read,
  sealingKey,
  send,
} from "./support.ts";

export const MIN_STAKE = 1_000n;
/** What everyone has in the vault at first; operators have their stake less. */
export const FUNDS = 1_000_000n;
export const FEE = 700n;
export const PARAMS = utf8('{"k":3}');

export interface WorldOptions extends DeployOptions {
  readonly members?: number;
  readonly workers?: number;
  readonly threshold?: number;
  readonly terms?: Partial<Terms>;
  /** Indices of the workers whose evidence counts as hardware's, by a verifier that believes everything. */
  readonly hardware?: readonly number[];
  /** Abilities by member index; 15 where nothing is said. */
  readonly abilities?: readonly number[];
}
export interface Party {
  readonly signer: Signer;
  readonly account: Address;
  /** Private key that consents. */
  readonly key: Uint8Array;
}
export interface Operator extends Party {
  readonly keys: CommitteeWorker;
  readonly id: Hex;
}
export interface Proposal {
  readonly task: Task;
  readonly inputs: readonly InputRef[];
  readonly taskId: Hex;
}

export async function createWorld(options: WorldOptions = {}) {
  const chain = await createChain();
  const { members: memberCount = 2, workers: workerCount = 1, threshold = 1 } = options;
  const [deployer, outsider, ...rest] = chain.accounts as [Signer, Signer, ...Signer[]];
  const believing = await deployMock("test/AnyVerifier", deployer, false);
  const addresses = await deploy(deployer, {
    minStake: MIN_STAKE,
    verifiers: [await believing.getAddress()],
    ...options,
  });
  const chainId = Number((await chain.provider.getNetwork()).chainId);
  const deployment: Deployment = { chainId, contracts: lower(addresses.secretContracts) };
  const contracts = contractsAt(addresses, deployer);
  const { secretContracts, taskManager, workerRegistry, vault, token, programRegistry } = contracts;

  const members = await Promise.all(
    rest.slice(0, memberCount).map((signer, i) => party(signer, `consent ${i}`)),
  );
  const operators = await Promise.all(
    rest.slice(memberCount, memberCount + workerCount).map((signer, i) => operator(signer, i)),
  );
  for (const { signer, account } of [...members, ...operators]) await fund(signer, account);
  for (const worker of operators) await register(worker);

  const [moduleHash, manifestHash] = [bytes32("module"), bytes32("manifest")];
  await send(programRegistry, deployer, "publish", moduleHash, manifestHash, "");
  const terms: Terms = {
    name: "test",
    program: hashProgram(moduleHash, manifestHash),
    members: members.map(({ account, key }, i) => ({
      account,
      consentKey: addressOfKey(key),
      sealingKey: sealingKey(`member ${i}`),
      abilities: options.abilities?.[i] ?? 15,
    })),
    committee: { version: 1, threshold, workers: operators.map(({ keys }) => keys) },
    policy: "{}",
    minProtection: 1,
    vetoBlocks: 1,
    joinBy: (await chain.now()) + DAY,
    salt: ZeroHash as Hex,
    ...options.terms,
  };
  const world = {
    ...chain,
    ...contracts,
    addresses,
    deployment,
    deployer,
    outsider,
    spare: rest.slice(memberCount + workerCount),
    members,
    operators,
    terms,
    termsHash: hashTerms(deployment, terms) as Hex,
    committee: terms.committee,
    fund,
    register,
    evidence,
    operator,
    sign,
    joinArgs,
    joinAll,
    commit,
    proposal,
    propose,
    consents,
    readies,
    seal,
    sealed,
    sealOf,
    result,
    signResult,
    submit,
    status: () => read(secretContracts, "statusOf", world.termsHash),
    record: (taskId: Hex) => read(taskManager, "taskOf", taskId),
    balance: (account: string) => read(vault, "balanceOf", account) as Promise<bigint>,
    stakeOf: async (worker: Hex) =>
      (await read(workerRegistry, "workerOf", worker)).stake as bigint,
  };
  return world;

  async function party(signer: Signer, name: string): Promise<Party> {
    return { signer, account: lower(await signer.getAddress()), key: keyOf(name) };
  }

  async function operator(signer: Signer, index: number): Promise<Operator> {
    const base = await party(signer, `worker ${index}`);
    const keys = {
      signer: addressOfKey(base.key),
      sealingKey: sealingKey(`worker ${index}`),
      measurement: bytes32("measurement"),
    };
    return { ...base, keys, id: hashWorker(keys) };
  }

  async function fund(signer: Signer, account: string, amount = FUNDS): Promise<void> {
    await send(token, signer, "mint", account, amount);
    await send(token, signer, "approve", addresses.vault, amount);
    await send(vault, signer, "deposit", amount);
  }

  /** Genuine simulated evidence of a worker's next registration; `facts` makes it less genuine. */
  async function evidence(
    worker: Operator,
    facts: { binding?: Hex; measurement?: Hex; blockNumber?: number; blockHash?: Hex } = {},
  ): Promise<Hex> {
    const { epoch } = await read(workerRegistry, "workerOf", worker.id);
    const block = (await chain.provider.getBlock("latest"))!;
    return simulatedEvidence({
      measurement: worker.keys.measurement,
      binding: await read(workerRegistry, "binding", worker.account, worker.keys, epoch),
      blockNumber: block.number,
      blockHash: block.hash as Hex,
      ...facts,
    });
  }

  async function register(
    worker: Operator,
    stake = MIN_STAKE,
  ): Promise<ContractTransactionReceipt> {
    const { signer, account, keys } = worker;
    const url = "http://worker.test";
    const enrol = (kind: number, proof: string) =>
      send(workerRegistry, signer, "register", keys, url, kind, proof, stake);
    if (!options.hardware?.includes(operators.indexOf(worker)))
      return enrol(1, await evidence(worker));
    const bound = await read(workerRegistry, "binding", account, keys, 0);
    return enrol(2, concat([keys.measurement, bound]));
  }

  function sign<K extends Kind>(key: Uint8Array, kind: K, value: Signable[K]): Hex {
    return signDigest(key, digestOf(deployment, kind, value));
  }

  /** Arguments of `join` and `reshare`. */
  function joinArgs(member: number, committee: Committee = world.committee) {
    const shareCommitment = bytes32(`share ${member}`);
    const wraps = [...committee.workers, undefined].map((_, i) => toBeHex(i, 8) as Hex);
    const signature = sign(members[member]!.key, "Join", {
      terms: world.terms,
      member,
      committeeVersion: committee.version,
      shareCommitment,
      wraps,
    });
    return [world.termsHash, member, shareCommitment, wraps, signature] as const;
  }

  /** Creates the secret contract and lets every member join. */
  async function joinAll() {
    await send(secretContracts, deployer, "create", world.terms);
    for (const [i, { signer }] of members.entries())
      await send(secretContracts, signer, "join", ...joinArgs(i));
    return world;
  }

  async function commit(member: number, dataset: Hex, table = 0) {
    const { signer } = members[member]!;
    return send(
      secretContracts,
      signer,
      "commitDataset",
      world.termsHash,
      member,
      table,
      0,
      dataset,
      3,
    );
  }

  /** A task by member 0 over inputs, not yet proposed. */
  async function proposal(
    inputs: readonly InputRef[] = [],
    overrides: Partial<Task> = {},
  ): Promise<Proposal> {
    const task: Task = {
      terms: world.termsHash,
      requester: 0,
      functionName: "cluster",
      paramsHash: hashParams(PARAMS),
      privateParams: ZeroHash as Hex,
      inputsRoot: inputsRoot(inputs),
      recipients: 1,
      changesState: false,
      epsilon: 0,
      releaseId: bytes32("release"),
      fee: FEE.toString(),
      sealBy: (await chain.now()) + DAY,
      resultWindow: HOUR,
      salt: ZeroHash as Hex,
      ...overrides,
    };
    return { task, inputs, taskId: hashTask(deployment, task) };
  }

  async function propose({ task, inputs }: Proposal) {
    const { signer } = members[task.requester]!;
    return send(taskManager, signer, "propose", task, inputs, PARAMS);
  }

  function consents(taskId: Hex, ...by: number[]): Signed[] {
    return by.map((member) => ({
      by: member,
      signature: signDigest(members[member]!.key, taskId),
    }));
  }

  function readies(
    taskId: Hex,
    by: readonly number[] = operators.map((_, i) => i),
    committee: Committee = world.committee,
  ): Signed[] {
    const ready = { taskId, committee: committeeHash(committee) };
    return by.map((i) => ({
      by: i,
      signature: sign(keyOfWorker(committee.workers[i]!), "Ready", ready),
    }));
  }

  function keyOfWorker({ signer }: CommitteeWorker): Uint8Array {
    for (let i = 0; i < 20; i++)
      if (addressOfKey(keyOf(`worker ${i}`)) === signer) return keyOf(`worker ${i}`);
    throw new Error(`no worker ${signer}`);
  }

  /** Seals a proposed task with everything there is. */
  async function seal({ task, inputs, taskId }: Proposal, extra: readonly number[] = []) {
    const wanted = new Set([...inputs.map(({ member }) => member), ...extra]);
    if (task.changesState || task.privateParams !== ZeroHash) wanted.add(task.requester);
    const by = [...wanted].toSorted((a, b) => a - b);
    await chain.mine();
    const receipt = await send(
      taskManager,
      outsider,
      "seal",
      task,
      consents(taskId, ...by),
      readies(taskId, undefined, world.committee),
    );
    return { receipt, facts: sealOf(receipt) };
  }

  /** Proposes and seals; the short way to a sealed task. */
  async function sealed(inputs: readonly InputRef[] = [], overrides: Partial<Task> = {}) {
    const proposed = await proposal(inputs, overrides);
    await propose(proposed);
    return { ...proposed, ...(await seal(proposed)) };
  }

  function result(facts: Seal, overrides: Partial<Result> = {}): Result {
    return {
      sealDigest: hashSeal(facts),
      status: 1,
      reason: ZeroHash as Hex,
      nextStateRoot: ZeroHash as Hex,
      outputCommitment: bytes32("output"),
      outputLength: 100,
      ...overrides,
    };
  }

  function signResult(value: Result, by: number): Signed {
    const { key } = operators[by]!;
    return { by, signature: sign(key, "Result", value) };
  }

  async function submit(facts: Seal, value: Result, by = 0) {
    return send(taskManager, outsider, "submitResult", facts, value, signResult(value, by));
  }
}
export type World = Awaited<ReturnType<typeof createWorld>>;

/** The facts of a seal as its event has them. */
export function sealOf(receipt: ContractTransactionReceipt): Seal {
  const { facts } = eventOf(receipt, "TaskSealed");
  const [taskId, terms, committeeVersion, committee, version, stateRoot, block, time, protection] =
    facts;
  return {
    taskId,
    terms,
    committeeVersion: Number(committeeVersion),
    committee,
    version: Number(version),
    stateRoot,
    blockNumber: Number(block),
    time: Number(time),
    protection: Number(protection),
  };
}

function contractsAt(addresses: Addresses, runner: Signer) {
  const at = (address: string, abi: unknown): BaseContract =>
    new Contract(address, abi as InterfaceAbi, runner);
  return {
    secretContracts: at(addresses.secretContracts, secretContractsAbi),
    taskManager: at(addresses.taskManager, taskManagerAbi),
    workerRegistry: at(addresses.workerRegistry, workerRegistryAbi),
    vault: at(addresses.vault, vaultAbi),
    callbackRelay: at(addresses.callbackRelay, callbackRelayAbi),
    partyRegistry: at(addresses.partyRegistry, partyRegistryAbi),
    programRegistry: at(addresses.programRegistry, programRegistryAbi),
    simulatedVerifier: at(addresses.simulatedVerifier, simulatedVerifierAbi),
    token: at(addresses.token, testTokenAbi),
  };
}
