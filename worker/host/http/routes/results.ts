/** `GET /v1/results/:task/:party` and `GET /v1/receipts/:task`: what a task gave, and the proof of it. @module */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { Hex } from "../../../../protocol/bytes.ts";
import { Receipt } from "../../../../protocol/receipt.ts";
import { ResultPath, TaskPath } from "../params.ts";
import { problems } from "../problem.ts";

export interface ResultRoutes {
  /** The package of one recipient (index or account). */
  result(task: Hex, party: string): Promise<Uint8Array>;
  receipt(task: Hex): Receipt;
}

export const results: FastifyPluginAsyncTypebox<ResultRoutes> = async (app, ports) => {
  app.get(
    "/v1/results/:task/:party",
    {
      schema: {
        summary: "The output of a finalized task, sealed to one recipient",
        produces: ["application/octet-stream"],
        params: ResultPath,
        response: { 200: Type.Unsafe<Buffer>({ type: "string", format: "binary" }), ...problems },
      },
    },
    async (request, reply) => {
      const { task, party } = request.params;
      const bytes = Buffer.from(await ports.result(task, party));
      return reply.type("application/octet-stream").send(bytes);
    },
  );

  app.get(
    "/v1/receipts/:task",
    {
      schema: {
        summary: "The receipt of a task, as far as it has come",
        params: TaskPath,
        response: { 200: Receipt, ...problems },
      },
    },
    (request) => ports.receipt(request.params.task),
  );
};
