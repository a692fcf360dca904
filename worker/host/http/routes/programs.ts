/** `PUT` and `GET /v1/programs/:hash`: module and manifest of programs that are published on chain. @module */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { ProgramBundle } from "../../../../protocol/api.ts";
import type { Programs } from "../../inbox/programs.ts";
import { HashPath } from "../params.ts";
import { problems } from "../problem.ts";

export interface ProgramRoutes {
  readonly programs: Pick<Programs, "accept" | "bundle">;
}

export const programs: FastifyPluginAsyncTypebox<ProgramRoutes> = async (app, ports) => {
  app.put(
    "/v1/programs/:hash",
    {
      schema: {
        summary: "Leaves a program's bundle",
        params: HashPath,
        body: ProgramBundle,
        response: { 204: Type.Null(), ...problems },
      },
    },
    async (request, reply) => {
      ports.programs.accept(request.params.hash, request.body);
      return reply.code(204).send(null);
    },
  );

  app.get(
    "/v1/programs/:hash",
    {
      schema: {
        summary: "A program's bundle",
        params: HashPath,
        response: { 200: ProgramBundle, ...problems },
      },
    },
    (request) => ports.programs.bundle(request.params.hash),
  );
};
