/** The worker's HTTP server: limits, headers and errors in one place, the routes as plugins. @module */
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import swagger from "@fastify/swagger";
import { TypeBoxValidatorCompiler } from "@fastify/type-provider-typebox";
import fastify, { type FastifyInstance } from "fastify";
import { ProtocolError } from "../../../protocol/errors.ts";
import type { WorkerConfig } from "../../config.ts";
import type { Log } from "../log.ts";
import type { Service } from "../services.ts";
import { serveApp, type AppFiles } from "./app.ts";
import { allowAllOrigins } from "./cross-origin.ts";
import { answerErrors } from "./problem.ts";
import { datasets, type DatasetRoutes } from "./routes/datasets.ts";
import { programs, type ProgramRoutes } from "./routes/programs.ts";
import { results, type ResultRoutes } from "./routes/results.ts";
import { states, type StateRoutes } from "./routes/states.ts";
import { tasks, type TaskRoutes } from "./routes/tasks.ts";
import { worker, type WorkerRoutes } from "./routes/worker.ts";

export type ServerOptions = Pick<WorkerConfig, "limits" | "listen"> & { readonly version: string };

export interface ServerPorts
  extends DatasetRoutes, ProgramRoutes, ResultRoutes, StateRoutes, TaskRoutes, WorkerRoutes {
  readonly log: Log;
  /** Absent: the web app is not served. */
  readonly app?: AppFiles;
  /** Seconds a request took, by route and status. */
  onResponse(route: string, status: number, seconds: number): void;
}

/** Milliseconds that requests under way have when the server closes; uploads go on where they stopped. */
const DRAIN = 3000;

/** The server without a socket, for `inject`. */
export async function buildServer(
  { limits, version }: ServerOptions,
  ports: ServerPorts,
): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: limits.bodyBytes,
    requestTimeout: 1000 * limits.requestSeconds,
    forceCloseConnections: "idle",
    // Paths hold hashes; the log has its own lines.
    logger: false,
  });
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  // Answers are of the types of `protocol/api.ts` by construction; a serializer would only drop fields silently.
  app.setSerializerCompiler(() => JSON.stringify);
  answerErrors(app, limits.bodyBytes, ports.log);
  app.addHook("onResponse", (request, reply, done) => {
    const route = request.routeOptions.url ?? "none";
    ports.onResponse(route, reply.statusCode, reply.elapsedTime / 1000);
    done();
  });

  allowAllOrigins(app);
  await app.register(helmet);
  await app.register(rateLimit, {
    max: limits.requestsPerMinute,
    timeWindow: "1 minute",
    // A route may have a lower limit of its own.
    errorResponseBuilder: (_request, { max }) =>
      new ProtocolError("RATE_LIMITED", { perMinute: max }),
  });
  await app.register(swagger, {
    openapi: { info: { title: "Cloister worker", version } },
  });
  await app.register(datasets, ports);
  await app.register(programs, ports);
  await app.register(tasks, ports);
  await app.register(results, ports);
  await app.register(states, ports);
  await app.register(worker, ports);
  if (ports.app) await serveApp(app, ports.app);
  app.get("/openapi.json", { schema: { hide: true } }, () => app.swagger());
  return app;
}

/** Host and port of `listen`. */
export function splitListen(listen: string): { host: string; port: number } {
  const colon = listen.lastIndexOf(":");
  const host = listen.slice(0, colon).replace(/^\[(.*)\]$/, "$1");
  return { host, port: Number(listen.slice(colon + 1)) };
}

/** Listens until closed. */
export async function startServer(options: ServerOptions, ports: ServerPorts): Promise<Service> {
  const app = await buildServer(options, ports);
  await app.listen(splitListen(options.listen));
  return {
    close: async () => {
      const late = setTimeout(() => app.server.closeAllConnections(), DRAIN);
      await app.close();
      clearTimeout(late);
    },
  };
}
