/** Metrics, with their units in their names. @module */
import { Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import type { FollowerStatus } from "./chain/follow.ts";

export interface MetricsPorts {
  chain(): FollowerStatus;
  enclaveAlive(): boolean;
  jobs(): Record<string, number>;
  datasets(): { count: number; bytes: number };
  isDraining(): boolean;
  /** Seconds of block time until the evidence expires; 0 without any. */
  evidenceSeconds(): number;
  /** Tasks that wait for this worker. */
  due(): number;
}

export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Histogram<"route" | "status">;

  constructor(ports: MetricsPorts) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry, prefix: "cloister_worker_" });
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        name: `cloister_worker_${name}`,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    gauge(
      "chain_head_block",
      "Number of the chain's newest block",
      () => ports.chain().head?.number ?? 0,
    );
    gauge("chain_read_block", "Number of the last block read", () => ports.chain().block);
    gauge("chain_reachable", "1 while the RPC node answers", () => Number(ports.chain().reachable));
    gauge("enclave_up", "1 while the enclave's process runs", () => Number(ports.enclaveAlive()));
    gauge("datasets_count", "Envelopes held", () => ports.datasets().count);
    gauge("datasets_bytes", "Bytes of ciphertext held", () => ports.datasets().bytes);
    gauge("draining", "1 while it takes no new task", () => Number(ports.isDraining()));
    gauge(
      "evidence_expiry_seconds",
      "Seconds of block time until the evidence expires, negative afterwards, 0 without any",
      () => ports.evidenceSeconds(),
    );
    gauge("due_count", "Tasks to be sealed, or whose result is due", () => ports.due());
    const jobs = new Gauge({
      name: "cloister_worker_jobs_count",
      help: "Jobs by what they do or wait for",
      labelNames: ["state"],
      registers: [],
      collect() {
        this.reset();
        for (const [state, count] of Object.entries(ports.jobs())) this.set({ state }, count);
      },
    });
    this.#registry.registerMetric(jobs);
    this.#requests = new Histogram({
      name: "cloister_worker_http_request_duration_seconds",
      help: "Seconds a request took",
      labelNames: ["route", "status"],
      buckets: [0.005, 0.05, 0.5, 5, 50, 500],
      registers,
    });
  }

  /** @param seconds it took */
  request(route: string, status: number, seconds: number): void {
    this.#requests.observe({ route, status }, seconds);
  }

  /** Prometheus text. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
