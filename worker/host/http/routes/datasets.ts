/** `PUT` and `GET /v1/datasets/:hash`: sealed envelopes, streamed to disk chunk by chunk; and how far their erasure is. @module */
import { Readable } from "node:stream";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { DatasetStatus, ErasureStatus } from "../../../../protocol/api.ts";
import { fromHex, type Hex } from "../../../../protocol/bytes.ts";
import { decodeKeyWrap, type KeyWrap } from "../../../../protocol/envelope/wrap.ts";
import type { Eraser } from "../../erasure/eraser.ts";
import type { Inbox } from "../../inbox/inbox.ts";
import { readBody } from "../body.ts";
import { HashPath, OwnerQuery, TicketHeader, UploadQuery } from "../params.ts";
import { problems } from "../problem.ts";

export interface DatasetRoutes {
  readonly inbox: Pick<Inbox, "receive" | "status">;
  readonly eraser: Pick<Eraser, "status">;
  /** A piece of a dataset, for whoever shows a key wrap as its ticket. */
  copy(dataset: Hex, from: number, ticket: KeyWrap): AsyncIterable<Uint8Array>;
}

/** Pieces of 32 MiB that one address gets in a minute. */
const COPIES_PER_MINUTE = 120;

export const datasets: FastifyPluginAsyncTypebox<DatasetRoutes> = async (app, ports) => {
  const { inbox, eraser } = ports;
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

  app.get(
    "/v1/datasets/:hash/chunks",
    {
      config: { rateLimit: { max: COPIES_PER_MINUTE } },
      schema: {
        summary:
          "Ciphertext chunks from `from` on, for a committee worker with a data key of its own",
        produces: ["application/octet-stream"],
        params: HashPath,
        querystring: UploadQuery,
        headers: TicketHeader,
        response: { 200: Type.Unsafe<Readable>({ type: "string", format: "binary" }), ...problems },
      },
    },
    async ({ params, query, headers }, reply) => {
      const ticket = decodeKeyWrap(fromHex(headers.authorization.slice("KeyWrap ".length)));
      const chunks = ports.copy(params.hash, Number(query.from ?? "0"), ticket);
      return reply.type("application/octet-stream").send(Readable.from(chunks));
    },
  );

  app.get(
    "/v1/datasets/:hash/erasure",
    {
      schema: {
        summary:
          "Whether a member's dataset is erased, with the enclave's signature, or what it waits for",
        params: HashPath,
        querystring: OwnerQuery,
        response: { 200: ErasureStatus, ...problems },
      },
    },
    ({ params, query }) =>
      eraser.status({
        terms: query.terms,
        member: Number(query.member),
        dataset: params.hash,
      }),
  );
};
