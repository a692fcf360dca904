/** `PUT` and `GET /v1/datasets/:hash`: sealed envelopes, streamed to disk chunk by chunk. @module */
import type { Readable } from "node:stream";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { DatasetStatus } from "../../../../protocol/api.ts";
import type { Inbox } from "../../inbox/inbox.ts";
import { readBody } from "../body.ts";
import { HashPath, UploadQuery } from "../params.ts";
import { problems } from "../problem.ts";

export interface DatasetRoutes {
  readonly inbox: Pick<Inbox, "receive" | "status">;
}

export const datasets: FastifyPluginAsyncTypebox<DatasetRoutes> = async (app, { inbox }) => {
  // The body stays a stream: an upload is as large as it likes, the memory it takes is one chunk.
  app.addContentTypeParser("application/octet-stream", (_request, payload, done) =>
    done(null, payload),
  );

  app.put(
    "/v1/datasets/:hash",
    {
      schema: {
        summary: "Uploads a sealed envelope: preamble, then chunks from `from` on",
        consumes: ["application/octet-stream"],
        params: HashPath,
        querystring: UploadQuery,
        response: { 200: DatasetStatus, 202: DatasetStatus, ...problems },
      },
    },
    async (request, reply) => {
      const from = Number(request.query.from ?? "0");
      const status = await readBody(request.body as Readable, (source) =>
        inbox.receive(request.params.hash, from, source),
      );
      return reply.code(status.complete ? 200 : 202).send(status);
    },
  );

  app.get(
    "/v1/datasets/:hash",
    {
      schema: {
        summary: "How far an upload got",
        params: HashPath,
        response: { 200: DatasetStatus, ...problems },
      },
    },
    (request) => inbox.status(request.params.hash),
  );
};
