/** Events as a follower would have stored them, told of a `World` without a chain. What the chain itself does is tested where there is one. @module */
import { id } from "ethers";
import { toHex, utf8, type Address, type Hex } from "../../../../protocol/bytes.ts";
import type { ChainEvent, EventArguments, EventName } from "../../../../protocol/events.ts";
import type { Question, Sealing } from "../../../../protocol/receipt.ts";
import { maskOf } from "../../../../protocol/schema.ts";
import { hashManifest, hashSeal } from "../../../../protocol/identity.ts";
import { hashTask } from "../../../../protocol/typed-data.ts";
import type { Store } from "../../../../worker/host/store/store.ts";
import type { SealedInput, World } from "../../enclave/world.ts";

export const blockHash = (block: number, fork = "main"): Hex => id(`${fork} ${block}`) as Hex;

export const eventAt = <N extends EventName>(
  block: number,
  name: N,
  args: EventArguments[N],
  logIndex = 0,
): ChainEvent =>
  ({
    name,
    args,
    address: `0x${"aa".repeat(20)}` as Address,
    block,
    blockHash: blockHash(block),
    transactionHash: id(`transaction ${block} ${logIndex}`) as Hex,
    logIndex,
  }) as ChainEvent;

/** Writes one block of events after another into a store. */
export class Recorder {
  readonly #store: Store;
  #block = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  get block(): number {
    return this.#block;
  }

  add<N extends EventName>(name: N, args: EventArguments[N]): void {
    this.#block += 1;
    const to = { number: this.#block, hash: blockHash(this.#block) };
    this.#store.events.append([eventAt(this.#block, name, args)], to);
  }

  program({ collaboration: { terms, moduleHash, manifest } }: World): void {
    this.add("ProgramPublished", {
      program: terms.program,
      moduleHash,
      manifestHash: hashManifest(utf8(manifest)),
      uri: "",
      publisher: `0x${"ab".repeat(20)}` as Address,
    });
  }

  contract(world: World): void {
    this.program(world);
    const { terms } = world;
    this.add("ContractCreated", { terms, content: world.collaboration.terms });
    for (const { member, ...join } of world.collaboration.joins)
      this.add("MemberJoined", { terms, member, ...join });
    this.add("ContractActivated", { terms });
  }

  dataset(world: World, { ref, header, leaves }: SealedInput): void {
    const { member, table, dataset } = ref;
    const { epoch } = header;
    const chunks = leaves.length;
    this.add("DatasetCommitted", { terms: world.terms, member, dataset, table, epoch, chunks });
  }

  /** @returns the task's id */
  proposal(world: World, { task, inputs, params }: Question): Hex {
    const taskId = hashTask(world.collaboration.deployment, task);
    const bytes = toHex(utf8(params));
    this.add("TaskProposed", {
      taskId,
      terms: world.terms,
      task,
      inputs: [...inputs],
      params: bytes,
    });
    return taskId;
  }

  sealing(world: World, { consents }: Question, { seal, readies }: Sealing): void {
    const { taskId } = seal;
    this.add("TaskSealed", {
      taskId,
      terms: world.terms,
      sealDigest: hashSeal(seal),
      facts: seal,
      ready: maskOf(readies.map(({ by }) => by)),
      consents: [...consents],
      readies: [...readies],
    });
    this.add("TaskAdvanced", { taskId, state: "sealed" });
  }
}
