/** `npm start -- --json` as a person or a script runs it: the whole system, three workers, two tasks. */
import { execFile } from "node:child_process";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const output = join(root, "demo-output");
const checks = ["terms", "program", "committee", "task", "consents", "ready", "seal", "evidence"];

interface Outcome {
  readonly tasks: readonly {
    readonly id: string;
    readonly function: string;
    readonly state: string;
    readonly protection: string;
    readonly output: { readonly rows: number; readonly centres?: readonly { size: number }[] };
  }[];
  readonly audits: readonly {
    readonly task: string;
    readonly ok: boolean;
    readonly checks: readonly { readonly name: string; readonly ok: boolean }[];
  }[];
  readonly gas: number;
  readonly seconds: number;
}

describe("demo", () => {
  let outcome: Outcome;
  let stderr: string;
  beforeAll(async () => {
    const demo = join(root, "scripts/demo.ts");
    const done = await promisify(execFile)(process.execPath, [demo, "--json"], { cwd: root });
    outcome = JSON.parse(done.stdout) as Outcome;
    stderr = done.stderr;
  }, 180_000);

  it("finishes two tasks whose audits pass", () => {
    expect(outcome.tasks.map((task) => [task.function, task.state, task.protection])).toEqual([
      ["cluster", "finalized", "simulated"],
      ["classify", "finalized", "simulated"],
    ]);
    for (const [i, audit] of outcome.audits.entries()) {
      expect(audit.task).toBe(outcome.tasks[i]?.id);
      expect(audit.ok).toBe(true);
      expect(audit.checks.map((check) => check.name)).toEqual(expect.arrayContaining(checks));
      expect(audit.checks.every((check) => check.ok)).toBe(true);
    }
    expect(outcome.gas).toBeGreaterThan(1_000_000);
    expect(outcome.seconds).toBeGreaterThan(0);
  });

  it("counts every customer once", () => {
    const [towers] = outcome.tasks;
    const sizes = towers?.output.centres?.map((centre) => centre.size) ?? [];
    expect(sizes).toHaveLength(8);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(towers?.output.rows);
  });

  it("says that it is simulated, without colours where there is no terminal", () => {
    expect(stderr).toMatch(/SIMULATED/);
    expect(stderr).toMatch(/Who saw what/);
    expect(stderr).not.toContain("\u001b");
  });

  it("leaves its files", async () => {
    const files = await readdir(output, { recursive: true });
    for (const { id } of outcome.tasks) {
      expect(files).toEqual(expect.arrayContaining([`receipts/${id}.json`, `audits/${id}.json`]));
      expect(files.filter((file) => file.startsWith("results/") && file.includes(id))).toHaveLength(
        3,
      );
    }
    const towers: unknown = JSON.parse(await readFile(join(output, "towers.geojson"), "utf8"));
    expect(towers).toMatchObject({
      type: "FeatureCollection",
      features: expect.arrayContaining([
        expect.objectContaining({
          geometry: { type: "Point", coordinates: [expect.any(Number), expect.any(Number)] },
        }),
      ]),
    });
  });
});
