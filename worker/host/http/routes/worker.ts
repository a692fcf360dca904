/** `GET /v1/attestation`, `/v1/status`, `/healthz` and `/metrics`: who this worker is and how it does. @module */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type, type Static } from "typebox";
import { Attestation, WorkerStatus } from "../../../../protocol/api.ts";
import { problems } from "../problem.ts";

/** `GET /healthz`: 200 when `ok`, 503 otherwise. */
export const Health = Type.Object(
  {
    ok: Type.Boolean(),
    /** Whether the RPC node answers, on the right chain. */
    rpc: Type.Boolean(),
    /** Whether all that counts has been read since the start. */
    synced: Type.Boolean(),
    enclave: Type.Boolean(),
  },
  { additionalProperties: false },
);
export type Health = Static<typeof Health>;

export interface WorkerRoutes {
  attestation(): Attestation;
  status(): WorkerStatus;
  health(): Health;
  metrics(): Promise<string>;
}

export const worker: FastifyPluginAsyncTypebox<WorkerRoutes> = async (app, ports) => {
  app.get(
    "/v1/attestation",
    {
      schema: {
        summary: "Keys and evidence of this worker's registration",
        response: { 200: Attestation, ...problems },
      },
    },
    () => ports.attestation(),
  );

  app.get(
    "/v1/status",
    { schema: { summary: "What it does", response: { 200: WorkerStatus, ...problems } } },
    () => ports.status(),
  );

  app.get(
    "/healthz",
    {
      config: { rateLimit: false },
      schema: { summary: "Whether it is well", response: { 200: Health, 503: Health } },
    },
    async (_request, reply) => {
      const health = ports.health();
      return reply.code(health.ok ? 200 : 503).send(health);
    },
  );

  app.get("/metrics", { schema: { summary: "Prometheus metrics" } }, async (_request, reply) =>
    reply.type("text/plain; version=0.0.4").send(await ports.metrics()),
  );
};
