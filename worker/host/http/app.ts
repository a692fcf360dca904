/**
 * The web app as static files, under headers that leave it no way to anybody but the chain and the workers. For a worker's `/app`
 * and for `npm run app`.
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply } from "fastify";
import { ProtocolError } from "../../../protocol/errors.ts";
import type { DeploymentFile } from "../../../protocol/chain/deployment.ts";
import { originsOf } from "../../../protocol/origins.ts";

/** Where `vite build` puts it. */
export const BUILT_APP = join(import.meta.dirname, "..", "..", "..", "client", "web", "dist");

export interface AppFiles {
  /** Folder of the built app. */
  readonly folder: string;
  /** Path it is served at, `/` at both ends. */
  readonly prefix: string;
  /** Said to the app, with a node that browsers reach. */
  readonly deployment: DeploymentFile & { readonly chainId: number; readonly rpc: string };
  /** Base URLs of the workers as they are now. */
  readonly workers: () => readonly string[];
}

/** Seconds a browser may keep a file whose name is a hash of its content. */
const KEEP_SECONDS = 365 * 24 * 3600;

/** Files are no part of the interface that `/openapi.json` describes. */
const hidden = { schema: { hide: true } as object };

/** Serves the app; without a build, its page says how to make one. */
export async function serveApp(app: FastifyInstance, files: AppFiles): Promise<void> {
  const { folder, prefix, deployment } = files;
  app.get(`${prefix}deployment.json`, hidden, (_request, reply) => {
    protect(files, reply);
    return reply.header("cache-control", "no-store").send(deployment);
  });
  if (!existsSync(join(folder, "index.html"))) {
    app.get(prefix, hidden, () => {
      throw new ProtocolError("NOT_FOUND", { what: "built app (npm run build:app)", name: folder });
    });
    return;
  }
  // Addresses in the page are relative to it, so the slash at its end counts.
  if (prefix !== "/")
    app.get(prefix.slice(0, -1), hidden, (_request, reply) => reply.redirect(prefix));
  await app.register(async (scope) => {
    scope.addHook("onRequest", async (_request, reply) => protect(files, reply));
    await scope.register(fastifyStatic, {
      root: folder,
      prefix,
      redirect: true,
      cacheControl: false,
      setHeaders: (reply, path) => {
        const kept = path.includes("/assets/");
        const cache = kept ? `public, max-age=${KEEP_SECONDS}, immutable` : "no-cache";
        void reply.header("cache-control", cache);
      },
    });
  });
}

/**
 * No inline script, no eval, no frame around it, and connections to the chain's node and the registered workers only. The page
 * carries a wider policy of its own for other servers, and narrows it itself.
 */
function protect({ deployment, workers }: AppFiles, reply: FastifyReply): void {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    `connect-src 'self' ${originsOf([deployment.rpc, ...workers()]).join(" ")}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  void reply.headers({
    "content-security-policy": policy.join("; "),
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
  });
}
