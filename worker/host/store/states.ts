/**
 * Sealed nodes of private states, and which of them belong to which version. A run's nodes are kept before anybody agrees on its
 * result; the chain says later which root became a version, and may take that back. Therefore a node names the root that it came
 * with and every root the nodes that it took out, and only agreed roots count: no reorg loses a node of an older version.
 * @module
 */
import type { Hex } from "../../../protocol/bytes.ts";
import type { NodeChange } from "../../../protocol/state/page.ts";
import type { StateRecord } from "../../../protocol/state/record.ts";
import type { SealedNode } from "../../../protocol/state/seal.ts";
import type { Database, Row } from "./database.ts";

/** A step from one version to the next, or all of a version that came from another worker. */
export interface StateStep {
  readonly contract: Hex;
  readonly root: Hex;
  readonly record: StateRecord;
  readonly dropped: readonly Hex[];
}

/** Roots of contract ?1 that were agreed on after version ?3 and up to version ?2. */
const STEPS =
  "SELECT root FROM state_roots WHERE contract = ?1 AND agreed = 1 AND version > ?3 AND version <= ?2";
const DROPPED = `SELECT id FROM state_drops WHERE contract = ?1 AND root IN (${STEPS})`;
/** Rows read at once. */
const PAGE = 256;

export class StateStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** What a root stands for, when all its nodes are here. */
  record(contract: Hex, root: Hex): StateRecord | undefined {
    const sql = `SELECT version, contributors, node FROM state_roots
      WHERE contract = ? AND root = ? AND held = 1`;
    const row = this.#database.get(sql, contract, root);
    return row && recordOf(row);
  }

  /** Contract of a root that was agreed on, for whoever knows the root alone. */
  contractOf(root: Hex): Hex | undefined {
    const sql = "SELECT contract FROM state_roots WHERE root = ? AND agreed = 1 LIMIT 1";
    return this.#database.get(sql, root)?.["contract"] as Hex | undefined;
  }

  /** The newest version up to one that was agreed on and is all here; 0 when there is none. */
  newest(contract: Hex, version: number): number {
    const sql = `SELECT version FROM state_roots WHERE contract = ? AND held = 1 AND agreed = 1 AND version <= ?
      ORDER BY version DESC LIMIT 1`;
    return Number(this.#database.get(sql, contract, version)?.["version"] ?? 0);
  }

  node(contract: Hex, id: Hex): Uint8Array | undefined {
    const sql = "SELECT bytes FROM state_nodes WHERE contract = ? AND id = ?";
    const bytes = this.#database.get(sql, contract, id)?.["bytes"];
    return bytes instanceof Uint8Array ? bytes : undefined;
  }

  /** Keeps nodes that come with a root; one that came with an agreed root stays where it is. */
  putNodes(contract: Hex, root: Hex, nodes: readonly SealedNode[]): void {
    const sql = `INSERT INTO state_nodes (contract, id, root, bytes) VALUES (?1, ?2, ?3, ?4)
      ON CONFLICT (contract, id) DO UPDATE SET bytes = excluded.bytes, root = excluded.root
        WHERE root NOT IN (SELECT root FROM state_roots WHERE contract = ?1 AND agreed = 1)`;
    this.#database.transaction(() => {
      for (const { id, bytes } of nodes) this.#database.run(sql, contract, id, root, bytes);
    });
  }

  /** Puts another's bytes in place of a node that is lost, or did not open. */
  replaceNode(contract: Hex, root: Hex, { id, bytes }: SealedNode): void {
    const sql = `INSERT INTO state_nodes (contract, id, root, bytes) VALUES (?, ?, ?, ?)
      ON CONFLICT (contract, id) DO UPDATE SET bytes = excluded.bytes`;
    this.#database.run(sql, contract, id, root, bytes);
  }

  /** Notes a root when all its nodes are here. */
  putStep({ contract, root, record, dropped }: StateStep, agreed: boolean): void {
    this.#database.transaction(() => {
      this.#database.run(
        `INSERT INTO state_roots (contract, root, version, contributors, node, agreed, held, pruned)
         VALUES (?, ?, ?, ?, ?, ?, 1, 0)
         ON CONFLICT (contract, root) DO UPDATE SET agreed = max(agreed, excluded.agreed), held = 1`,
        contract,
        root,
        record.version,
        record.contributors,
        record.node,
        agreed ? 1 : 0,
      );
      const sql = "INSERT OR IGNORE INTO state_drops (contract, id, root) VALUES (?, ?, ?)";
      for (const id of dropped) this.#database.run(sql, contract, id, root);
    });
  }

  /** The chain took this root for a version. */
  agree(contract: Hex, root: Hex): void {
    const sql = "UPDATE state_roots SET agreed = 1 WHERE contract = ? AND root = ?";
    this.#database.run(sql, contract, root);
  }

  /** The chain took every version above this one back. */
  takeBack(contract: Hex, above: number): void {
    const sql =
      "UPDATE state_roots SET agreed = 0 WHERE contract = ? AND agreed = 1 AND version > ?";
    this.#database.run(sql, contract, above);
  }

  /** Secret contracts of which anything is here. */
  contracts(): Hex[] {
    const rows = this.#database.all("SELECT DISTINCT contract FROM state_roots");
    return rows.map((row) => row["contract"] as Hex);
  }

  /**
   * What changed between two agreed versions, by id after `after`: nodes of the later one that are not in the earlier one, and ids of
   * the earlier one that are not in the later one.
   * @param since 0 for everything
   */
  *changes(contract: Hex, version: number, since: number, after: string): Generator<NodeChange> {
    const sql = `
      SELECT id, bytes FROM state_nodes
        WHERE contract = ?1 AND id > ?4 AND root IN (${STEPS}) AND id NOT IN (${DROPPED})
      UNION ALL
      SELECT DISTINCT id, NULL FROM state_drops
        WHERE contract = ?1 AND id > ?4 AND ?3 > 0 AND root IN (${STEPS})
      ORDER BY id LIMIT ${PAGE}`;
    for (let from = after; ;) {
      const rows = this.#database.all(sql, contract, version, since, from);
      for (const { id, bytes } of rows)
        yield { id: id as Hex, ...(bytes instanceof Uint8Array && { bytes }) };
      if (rows.length < PAGE) return;
      from = rows.at(-1)?.["id"] as string;
    }
  }

  /**
   * Forgets the nodes that no version from `oldest` on has, and what was never agreed on up to there. Which nodes were dropped stays
   * noted: a worker that comes back from long ago is told.
   */
  prune(contract: Hex, oldest: number): void {
    const steps = `SELECT root, agreed FROM state_roots WHERE contract = ? AND pruned = 0 AND version <= ?`;
    this.#database.transaction(() => {
      for (const { root, agreed } of this.#database.all(steps, contract, oldest))
        if (agreed === 1) this.#dropOf(contract, String(root));
        else this.#forget(contract, String(root));
      const held =
        "UPDATE state_roots SET held = 0 WHERE contract = ? AND held = 1 AND version < ?";
      this.#database.run(held, contract, oldest);
    });
  }

  #dropOf(contract: Hex, root: string): void {
    const drops = "SELECT id FROM state_drops WHERE contract = ?1 AND root = ?2";
    const nodes = `DELETE FROM state_nodes WHERE contract = ?1 AND id IN (${drops})`;
    this.#database.run(nodes, contract, root);
    const done = "UPDATE state_roots SET pruned = 1 WHERE contract = ? AND root = ?";
    this.#database.run(done, contract, root);
  }

  #forget(contract: Hex, root: string): void {
    for (const table of ["state_nodes", "state_drops", "state_roots"])
      this.#database.run(`DELETE FROM ${table} WHERE contract = ? AND root = ?`, contract, root);
  }
}

const recordOf = (row: Row): StateRecord => ({
  version: Number(row["version"]),
  contributors: Number(row["contributors"]),
  node: row["node"] as Hex,
});
