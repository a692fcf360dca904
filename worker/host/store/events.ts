/**
 * Events of the chain as far as it was followed, with the hashes of the blocks they came from. Events and cursor change in one
 * transaction, so that a crash neither skips nor repeats one.
 * @module
 */
import type { Hex } from "../../../protocol/bytes.ts";
import type { ChainEvent, EventName, EventOf } from "../../../protocol/events.ts";
import type { Database, Row } from "./database.ts";

export interface BlockRef {
  readonly number: number;
  readonly hash: Hex;
}

/** Hashes of blocks without events are kept this long; a deeper reorg goes back to the last block with one. */
const KEPT_BLOCKS = 1024;

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
   * What says who works together and what entered the state: all events of a secret contract but those of its datasets and, while
   * its state never changed, those of other tasks.
   */
  ofContract(terms: string, task?: string): ChainEvent[] {
    const advanced = this.#database.get(
      "SELECT 1 AS found FROM events WHERE contract = ? AND name = 'StateAdvanced' LIMIT 1",
      terms,
    );
    const rows = advanced
      ? this.#database.all(
          `SELECT json FROM events WHERE contract = ? AND name NOT LIKE 'Dataset%' ORDER BY block, log_index`,
          terms,
        )
      : this.#database.all(
          `SELECT json FROM events WHERE contract = ? AND name NOT LIKE 'Dataset%' AND (task IS NULL OR task = ?) ORDER BY block, log_index`,
          terms,
          task ?? null,
        );
    return rows.map(parse);
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
