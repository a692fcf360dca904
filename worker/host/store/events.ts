/**
 * Events of the chain as far as it was followed, with the hashes of the blocks they came from. Events and cursor change in one
 * transaction, so that a crash neither skips nor repeats one.
 * @module
 */
import type { Hex } from "../../../protocol/bytes.ts";
import { select, type ChainEvent, type EventName, type EventOf } from "../../../protocol/events.ts";
import type { Database, Row } from "./database.ts";

export interface BlockRef {
  readonly number: number;
  readonly hash: Hex;
}

/** Hashes of blocks without events are kept this long; a deeper reorg goes back to the last block with one. */
export const KEPT_BLOCKS = 1024;

/** Events of a secret contract that stay true for all its tasks. */
const LASTING = [
  "ContractCreated",
  "MemberJoined",
  "ContractActivated",
  "CommitteeChanged",
  "ContractPaused",
  "ContractResumed",
]
  .map((name) => `'${name}'`)
  .join(", ");

export class EventStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Last block whose events are all here. */
  cursor(): BlockRef | undefined {
    return this.blocksDown(1)[0];
  }

  /** The newest known blocks, newest first. */
  blocksDown(limit: number, from = Number.MAX_SAFE_INTEGER): BlockRef[] {
    const sql = "SELECT number, hash FROM blocks WHERE number <= ? ORDER BY number DESC LIMIT ?";
    return this.#database
      .all(sql, from, limit)
      .map((row) => ({ number: Number(row["number"]), hash: row["hash"] as Hex }));
  }

  /** Adds the events of the blocks after the cursor up to and with `to`. Inside one transaction with whatever rests on them. */
  append(events: readonly ChainEvent[], to: BlockRef): void {
    this.#database.transaction(() => {
      for (const event of events) {
        const { contract, task, subject } = this.#subjects(event);
        this.#database.run(
          "INSERT INTO events (block, log_index, block_hash, name, contract, task, subject, json) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
          event.block,
          event.logIndex,
          event.blockHash,
          event.name,
          contract,
          task,
          subject,
          JSON.stringify(event),
        );
        this.#addBlock({ number: event.block, hash: event.blockHash });
      }
      this.#addBlock(to);
      this.#database.run(
        "DELETE FROM blocks WHERE number < ? AND number NOT IN (SELECT block FROM events)",
        to.number - KEPT_BLOCKS,
      );
    });
  }

  /** Forgets every block above `block`, and its events. */
  rollback(block: number): void {
    this.#database.transaction(() => {
      this.#database.run("DELETE FROM events WHERE block > ?", block);
      this.#database.run("DELETE FROM blocks WHERE number > ?", block);
    });
  }

  /** Events of one kind about one thing: a program, a worker, a dataset, or a sealed task by its id. */
  about<N extends EventName>(name: N, subject: string): EventOf<N>[] {
    const sql = "SELECT json FROM events WHERE name = ? AND subject = ? ORDER BY block, log_index";
    return this.#database.all(sql, name, subject).map(parse) as unknown as EventOf<N>[];
  }

  named<N extends EventName>(name: N): EventOf<N>[] {
    const sql = "SELECT json FROM events WHERE name = ? ORDER BY block, log_index";
    return this.#database.all(sql, name).map(parse) as unknown as EventOf<N>[];
  }

  ofTask(task: string): ChainEvent[] {
    const sql = "SELECT json FROM events WHERE task = ? ORDER BY block, log_index";
    return this.#database.all(sql, task).map(parse);
  }

  /**
   * What says who works together, in chain order: terms, joins, committees, pauses; with a task, its own events and the version of
   * the state that it reads. The same few rows however many tasks and versions there were.
   */
  ofContract(terms: string, task?: string): ChainEvent[] {
    const own = task === undefined ? [] : this.ofTask(task);
    const sealed = select(own, "TaskSealed")[0];
    const state = this.advanced(terms, sealed?.args.facts.version);
    const sql = `SELECT json FROM events WHERE contract = ? AND task IS NULL AND name IN (${LASTING}) ORDER BY block, log_index`;
    const lasting = this.#database.all(sql, terms).map(parse);
    return [...lasting, ...(state ? [state] : []), ...own].toSorted(
      (a, b) => a.block - b.block || a.logIndex - b.logIndex,
    );
  }

  /** The step of a secret contract's state to a version; absent: the latest. Undefined while there was none. */
  advanced(terms: string, version?: number): EventOf<"StateAdvanced"> | undefined {
    // Versions are consecutive, and the one that is wanted is among the last: counting back is a short way.
    const sql = `SELECT json FROM events WHERE name = 'StateAdvanced' AND subject = ?
      ORDER BY block DESC, log_index DESC LIMIT 1 OFFSET ?`;
    const at = (offset: number) => {
      const row = this.#database.get(sql, terms, offset);
      return row && (parse(row) as EventOf<"StateAdvanced">);
    };
    const latest = at(0);
    if (!latest || version === undefined || latest.args.version === version) return latest;
    return version < latest.args.version && version > 0
      ? at(latest.args.version - version)
      : undefined;
  }

  /** The version of a secret contract's state after a block; 0 before the first. */
  versionAt(terms: string, block: number): number {
    const sql = `SELECT json FROM events WHERE name = 'StateAdvanced' AND subject = ? AND block <= ?
      ORDER BY block DESC, log_index DESC LIMIT 1`;
    const row = this.#database.get(sql, terms, block);
    return row ? (parse(row) as EventOf<"StateAdvanced">).args.version : 0;
  }

  #addBlock(block: BlockRef): void {
    const sql = "INSERT OR REPLACE INTO blocks (number, hash) VALUES (?, ?)";
    this.#database.run(sql, block.number, block.hash);
  }

  /** What an event is about, for the indices. Of a task's events only the first ones name the contract. */
  #subjects({ args }: ChainEvent): Record<"contract" | "task" | "subject", string | null> {
    const task = "taskId" in args ? args.taskId : null;
    const contract = "terms" in args ? args.terms : task && this.#contractOf(task);
    if ("dataset" in args) return { contract, task, subject: args.dataset };
    if ("task" in args) return { contract, task, subject: args.task.privateParams };
    if ("program" in args) return { contract, task, subject: args.program };
    if ("keys" in args) return { contract, task, subject: args.worker };
    return { contract, task, subject: task ?? contract };
  }

  #contractOf(task: string): string | null {
    const sql = "SELECT contract FROM events WHERE task = ? AND contract IS NOT NULL LIMIT 1";
    return (this.#database.get(sql, task)?.["contract"] as string | undefined) ?? null;
  }
}

const parse = (row: Row): ChainEvent => JSON.parse(String(row["json"])) as ChainEvent;
