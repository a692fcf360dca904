/** `GET /v1/states/:root` and its nodes: what a worker that came late fetches from the others. @module */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { StateAnswer } from "../../../../protocol/api.ts";
import { ZERO_HASH } from "../../../../protocol/bytes.ts";
import type { StateGiver } from "../../state/give.ts";
import { NodePath, PageQuery, RootPath } from "../params.ts";
import { problems } from "../problem.ts";

export interface StateRoutes {
  readonly states: Pick<StateGiver, "record" | "page" | "node">;
}

const octets = Type.Unsafe<Buffer>({ type: "string", format: "binary" });

export const states: FastifyPluginAsyncTypebox<StateRoutes> = async (app, { states: held }) => {
  app.get(
    "/v1/states/:root",
    {
      schema: {
        summary: "What a state root on chain stands for",
        params: RootPath,
        response: { 200: StateAnswer, ...problems },
      },
    },
    (request) => held.record(request.params.root),
  );

  app.get(
    "/v1/states/:root/nodes",
    {
      schema: {
        summary: "Sealed nodes of a state, a page of at most 4 MiB",
        produces: ["application/octet-stream"],
        params: RootPath,
        querystring: PageQuery,
        response: { 200: octets, ...problems },
      },
    },
    async (request, reply) => {
      const { since, after = ZERO_HASH } = request.query;
      const page = Buffer.from(held.page(request.params.root, since, after));
      return reply.type("application/octet-stream").send(page);
    },
  );

  app.get(
    "/v1/states/:root/nodes/:id",
    {
      schema: {
        summary: "One sealed node",
        produces: ["application/octet-stream"],
        params: NodePath,
        response: { 200: octets, ...problems },
      },
    },
    async (request, reply) => {
      const { root, id } = request.params;
      return reply.type("application/octet-stream").send(Buffer.from(held.node(root, id)));
    },
  );
};
