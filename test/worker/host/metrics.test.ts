import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Metrics } from "../../../worker/host/metrics.ts";

const metrics = new Metrics({
  chain: () => ({ reachable: true, synced: true, head: undefined, block: 7 }),
  enclaveAlive: () => true,
  jobs: () => ({ run: 2, "waiting-inputs": 1 }),
  datasets: () => ({ count: 3, bytes: 4096 }),
  isDraining: () => true,
  evidenceSeconds: () => 604_800,
  due: () => 5,
});
metrics.request("/v1/status", 200, 0.01);
const text = await metrics.text();
const named = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => ({
  name,
  type,
}));
/** Without those that prom-client makes of the process. */
const own = named.filter(({ name }) => !/_(nodejs|process)_/.test(`${name}`));

describe("metrics", () => {
  it("say what the parts say", () => {
    for (const line of [
      "cloister_worker_evidence_expiry_seconds 604800",
      "cloister_worker_draining 1",
      "cloister_worker_due_count 5",
      'cloister_worker_jobs_count{state="run"} 2',
      "cloister_worker_chain_read_block 7",
      "cloister_worker_datasets_bytes 4096",
    ])
      expect(text.split("\n")).toContain(line);
  });

  it("have their unit in their name, or are 0 or 1", () => {
    expect(own.length).toBeGreaterThan(8);
    for (const { name, type } of own) {
      expect(name).toMatch(/_(seconds|bytes|count|block|reachable|up|draining)$/);
      expect(type).toBe(name?.endsWith("duration_seconds") ? "histogram" : "gauge");
    }
  });

  it("are all that the example dashboard shows", () => {
    const file = join(import.meta.dirname, "../../../docs/operations/dashboard.json");
    const shown = readFileSync(file, "utf8").match(/cloister_worker_[a-z_]+/g) ?? [];
    expect(shown.length).toBeGreaterThan(8);
    for (const name of shown) expect(text).toContain(name);
    const hidden = own.filter(({ name }) => !shown.some((one) => one.startsWith(`${name}`)));
    expect(hidden).toEqual([]);
  });
});
