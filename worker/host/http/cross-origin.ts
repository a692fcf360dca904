/**
 * Pages of any origin may talk to a worker. What it gives is public or sealed, and what it takes is decided by the chain and by
 * signatures: there are no cookies and no logins that a foreign page could use, so a list of origins would protect nothing, and the
 * app of one worker could not reach the others.
 * @module
 */
import type { FastifyInstance } from "fastify";

/** Seconds a browser may remember the answer to its question whether it may ask. */
const REMEMBER_SECONDS = 7200;

/** Lets every origin read answers, and answers the browser's question beforehand. Never with credentials. */
export function allowAllOrigins(app: FastifyInstance): void {
  app.addHook("onRequest", async (request, reply) => {
    void reply.header("access-control-allow-origin", "*");
    const isQuestion =
      request.method === "OPTIONS" && request.headers["access-control-request-method"];
    if (!isQuestion) return;
    await reply
      .headers({
        "access-control-allow-methods": "GET, POST, PUT",
        "access-control-allow-headers": "content-type",
        "access-control-max-age": String(REMEMBER_SECONDS),
      })
      .code(204)
      .send();
  });
}
