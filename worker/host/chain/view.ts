/** What the followed part of the chain says, in the words of the protocol. Reads the journal only. @module */
import type { Hex } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { select, type EventOf } from "../../../protocol/events.ts";
import {
  collaborationFrom,
  questionFrom,
  receiptFrom,
  resultsFrom,
  sealingFrom,
  stateFrom,
} from "../../../protocol/history.ts";
import { hashWorker } from "../../../protocol/identity.ts";
import type {
  Collaboration,
  Question,
  Receipt,
  Sealing,
  SignedResult,
} from "../../../protocol/receipt.ts";
import type { Committee, Signed, TaskState, Terms } from "../../../protocol/schema.ts";
import type { Deployment } from "../../../protocol/typed-data.ts";
import type { Store } from "../store/store.ts";

export class ChainView {
  readonly deployment: Deployment;
  readonly #store: Pick<Store, "events" | "programs">;

  constructor(deployment: Deployment, store: Pick<Store, "events" | "programs">) {
    this.deployment = deployment;
    this.#store = store;
  }

  /** Hashes of a published program. */
  program(program: Hex): EventOf<"ProgramPublished">["args"] | undefined {
    return this.#store.events.about("ProgramPublished", program)[0]?.args;
  }

  terms(terms: Hex): Terms | undefined {
    return select(this.#store.events.ofContract(terms), "ContractCreated")[0]?.args.content;
  }

  /** @param version the one a seal names; absent: the one in force */
  committee(terms: Hex, version?: number): Committee | undefined {
    const all = this.committees(terms);
    return version === undefined ? all.at(-1) : all.find((one) => one.version === version);
  }

  /** Every committee a secret contract has had, the one in force last. */
  committees(terms: Hex): Committee[] {
    const events = this.#store.events.ofContract(terms);
    const first = select(events, "ContractCreated").map((event) => event.args.content.committee);
    const changes = select(events, "CommitteeChanged").map((event) => event.args.committee);
    return [...first, ...changes];
  }

  /** Where a dataset hash was committed. */
  commitments(dataset: Hex): EventOf<"DatasetCommitted">["args"][] {
    return this.#store.events.about("DatasetCommitted", dataset).map((event) => event.args);
  }

  isWithdrawn({ terms, member, dataset }: EventOf<"DatasetWithdrawn">["args"]): boolean {
    return this.#store.events
      .about("DatasetWithdrawn", dataset)
      .some(({ args }) => args.terms === terms && args.member === member);
  }

  /** Tasks under way that name an envelope as their private parameters. */
  proposalsWith(privateParams: Hex): EventOf<"TaskProposed">["args"][] {
    return this.#store.events
      .about("TaskProposed", privateParams)
      .map((event) => event.args)
      .filter(({ taskId }) => ["proposed", "sealed"].includes(this.state(taskId)));
  }

  /** The last registration of a worker. */
  registration(worker: Hex): EventOf<"WorkerRegistered"> | undefined {
    return this.#store.events.about("WorkerRegistered", worker).at(-1);
  }

  /** Where and when a task was proposed. */
  proposal(task: Hex): EventOf<"TaskProposed"> | undefined {
    return select(this.#store.events.ofTask(task), "TaskProposed")[0];
  }

  state(task: Hex): TaskState {
    return stateFrom(this.#store.events.ofTask(task), task);
  }

  sealing(task: Hex): Sealing | undefined {
    return sealingFrom(this.#store.events.ofTask(task), task);
  }

  results(task: Hex): SignedResult[] {
    return resultsFrom(this.#store.events.ofTask(task), task);
  }

  /** @throws ProtocolError NOT_FOUND */
  question(task: Hex, mailbox: readonly Signed[] = []): Question {
    const terms = this.proposal(task)?.args.terms ?? "";
    return questionFrom(this.#store.events.ofContract(terms, task), task, mailbox);
  }

  /**
   * @param committeeVersion the one a seal names; absent: the one in force
   * @throws ProtocolError NOT_FOUND, also while the program is not held
   */
  collaboration(terms: Hex, committeeVersion?: number): Collaboration {
    const program = this.terms(terms)?.program ?? "0x";
    const events = [
      ...this.#store.events.about("ProgramPublished", program),
      ...this.#store.events.ofContract(terms),
    ];
    return collaborationFrom(
      this.deployment,
      events,
      terms,
      this.#manifest(program),
      committeeVersion,
    );
  }

  /** @throws ProtocolError NOT_FOUND */
  receipt(task: Hex): Receipt {
    const terms = this.proposal(task)?.args.terms;
    if (!terms) throw new ProtocolError("NOT_FOUND", { what: "task", name: task });
    const content = this.terms(terms);
    const version = this.sealing(task)?.seal.committeeVersion;
    const committee = this.committee(terms, version);
    const program = content?.program ?? "0x";
    const events = [
      ...this.#store.events.about("ProgramPublished", program),
      ...(committee?.workers ?? []).flatMap((keys) =>
        this.#store.events.about("WorkerRegistered", hashWorker(keys)),
      ),
      ...this.#store.events.ofContract(terms, task),
    ];
    return receiptFrom(this.deployment, events, task, this.#manifest(program));
  }

  /** Only bytes that hash to a published program are held. @throws ProtocolError NOT_FOUND */
  #manifest(program: Hex): string {
    const record = this.#store.programs.get(program);
    if (!record) throw new ProtocolError("NOT_FOUND", { what: "program", name: program });
    return record.manifest;
  }
}
