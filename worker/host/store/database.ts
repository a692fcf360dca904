/** The journal's file: opening, its tables, transactions. @module */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { ProtocolError } from "../../../protocol/errors.ts";
import type { Service } from "../services.ts";

/** A changed layout is a new number; a journal of another one is refused, never guessed at. */
const LAYOUT = 2;

const TABLES = `
  CREATE TABLE events (
    block INTEGER NOT NULL, log_index INTEGER NOT NULL, block_hash TEXT NOT NULL, name TEXT NOT NULL,
    contract TEXT, task TEXT, subject TEXT, json TEXT NOT NULL,
    PRIMARY KEY (block, log_index)) STRICT, WITHOUT ROWID;
  CREATE INDEX events_contract ON events (contract, name) WHERE contract IS NOT NULL AND task IS NULL;
  CREATE INDEX events_task ON events (task) WHERE task IS NOT NULL;
  CREATE INDEX events_subject ON events (name, subject) WHERE subject IS NOT NULL;
  CREATE TABLE blocks (number INTEGER PRIMARY KEY, hash TEXT NOT NULL) STRICT;
  CREATE TABLE records (kind TEXT NOT NULL, key TEXT NOT NULL, json TEXT NOT NULL,
    PRIMARY KEY (kind, key)) STRICT, WITHOUT ROWID;
  CREATE TABLE blobs (kind TEXT NOT NULL, key TEXT NOT NULL, bytes BLOB NOT NULL,
    PRIMARY KEY (kind, key)) STRICT;
  CREATE TABLE state_roots (contract TEXT NOT NULL, root TEXT NOT NULL, version INTEGER NOT NULL,
    contributors INTEGER NOT NULL, node TEXT NOT NULL, agreed INTEGER NOT NULL, held INTEGER NOT NULL,
    pruned INTEGER NOT NULL, PRIMARY KEY (contract, root)) STRICT, WITHOUT ROWID;
  CREATE INDEX state_held ON state_roots (contract, held, version);
  CREATE INDEX state_pruned ON state_roots (contract, pruned, version);
  CREATE INDEX state_named ON state_roots (root);
  CREATE TABLE state_nodes (contract TEXT NOT NULL, id TEXT NOT NULL, root TEXT NOT NULL, bytes BLOB NOT NULL,
    PRIMARY KEY (contract, id)) STRICT;
  CREATE INDEX state_written ON state_nodes (contract, root);
  CREATE TABLE state_drops (contract TEXT NOT NULL, id TEXT NOT NULL, root TEXT NOT NULL,
    PRIMARY KEY (contract, root, id)) STRICT, WITHOUT ROWID;
`;

export type Row = Readonly<Record<string, string | number | bigint | Uint8Array | null>>;

export class Database implements Service {
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #depth = 0;

  /**
   * Opens a journal, and makes one where there is none.
   * @param path file, or ":memory:"
   * @throws ProtocolError CONFIG_INVALID for a journal of another layout
   */
  constructor(path: string) {
    this.#connection = new DatabaseSync(path, { timeout: 5000 });
    // FULL: what was answered to a client or sent to the chain is on disk before, also when the power fails.
    this.#connection.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    // What is erased (key wraps) is overwritten with zeros, not only unlinked.
    this.#connection.exec("PRAGMA secure_delete = ON");
    const layout = Number(this.get("PRAGMA user_version")?.["user_version"]);
    if (layout === 0)
      this.transaction(() => {
        this.#connection.exec(TABLES);
        this.#connection.exec(`PRAGMA user_version = ${LAYOUT}`);
      });
    else if (layout !== LAYOUT) {
      this.#connection.close();
      const fault = `layout ${layout}; this version reads ${LAYOUT}`;
      throw new ProtocolError("CONFIG_INVALID", { file: path, faults: [fault] });
    }
  }

  /** Runs `act` in one transaction: all of it is kept, or nothing. Within another one it becomes part of that. */
  transaction<T>(act: () => T): T {
    if (this.#depth > 0) return act();
    this.#connection.exec("BEGIN IMMEDIATE");
    this.#depth += 1;
    try {
      const value = act();
      this.#connection.exec("COMMIT");
      return value;
    } catch (cause) {
      this.#connection.exec("ROLLBACK");
      throw cause;
    } finally {
      this.#depth -= 1;
    }
  }

  run(sql: string, ...values: SQLInputValue[]): void {
    this.#prepare(sql).run(...values);
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#prepare(sql).get(...values);
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#prepare(sql).all(...values);
  }

  close(): void {
    this.#statements.clear();
    this.#connection.close();
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#connection.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}
