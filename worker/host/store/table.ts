/** Typed tables: what leaves the store was checked against its shape, so that no other part reads rows. @module */
import type { Static, TSchema } from "typebox";
import { parseShape } from "../../../protocol/schema.ts";
import type { Database } from "./database.ts";

export interface Table<T> {
  get(key: string): T | undefined;
  put(key: string, value: T): void;
  delete(key: string): void;
  /** In the order of the keys. */
  entries(): [key: string, value: T][];
}

/**
 * A table of one kind of records.
 * @param kind its name in the journal
 */
export function table<S extends TSchema>(
  database: Database,
  kind: string,
  schema: S,
): Table<Static<S>> {
  const parse = (json: unknown): Static<S> => parseShape(schema, JSON.parse(String(json)), kind);
  return {
    get(key) {
      const sql = "SELECT json FROM records WHERE kind = ? AND key = ?";
      const row = database.get(sql, kind, key);
      return row && parse(row["json"]);
    },
    put(key, value) {
      database.run(
        "INSERT OR REPLACE INTO records (kind, key, json) VALUES (?, ?, ?)",
        kind,
        key,
        JSON.stringify(parseShape(schema, value, kind)),
      );
    },
    delete(key) {
      database.run("DELETE FROM records WHERE kind = ? AND key = ?", kind, key);
    },
    entries() {
      const sql = "SELECT key, json FROM records WHERE kind = ? ORDER BY key";
      return database.all(sql, kind).map((row) => [String(row["key"]), parse(row["json"])]);
    },
  };
}

/** Bytes by key: what only others can read (sealed outputs, packages) or what has a hash (modules, preambles). */
export interface BlobTable {
  get(key: string): Uint8Array | undefined;
  put(key: string, bytes: Uint8Array): void;
  /** Deletes all whose key starts with `prefix`. */
  deleteAll(prefix: string): void;
}

export function blobTable(database: Database, kind: string): BlobTable {
  return {
    get(key) {
      const sql = "SELECT bytes FROM blobs WHERE kind = ? AND key = ?";
      const bytes = database.get(sql, kind, key)?.["bytes"];
      return bytes instanceof Uint8Array ? bytes : undefined;
    },
    put(key, bytes) {
      const sql = "INSERT OR REPLACE INTO blobs (kind, key, bytes) VALUES (?, ?, ?)";
      database.run(sql, kind, key, bytes);
    },
    deleteAll(prefix) {
      const sql = "DELETE FROM blobs WHERE kind = ? AND substr(key, 1, length(?)) = ?";
      database.run(sql, kind, prefix, prefix);
    },
  };
}
