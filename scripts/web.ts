/** The web app, built and served for a local network. @module */
import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import fastify from "fastify";
import { BUILT_APP, serveApp } from "../worker/host/http/app.ts";
import type { Net } from "./net.ts";

const folder = join(import.meta.dirname, "..", "client", "web");
const HOST = "127.0.0.1";

/**
 * Builds the app, 5 s. In a process of its own: a test's environment would make it a development build.
 * @param into where to; default: where workers look for it
 */
export async function buildWeb(into = BUILT_APP): Promise<void> {
  const vite = join(
    dirname(fileURLToPath(import.meta.resolve("vite/package.json"))),
    "bin/vite.js",
  );
  const args = [vite, "build", "--config", join(folder, "vite.config.ts"), "--outDir", into];
  const env = { ...process.env, NODE_ENV: "production" };
  await promisify(execFile)(process.execPath, [...args, "--logLevel", "error"], { env });
}

export interface WebServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves the built app with the network's deployment.
 * @param options.port 0, the default, is any free one
 */
export async function serveWeb(
  net: Pick<Net, "chain" | "deployment" | "workers">,
  options: { readonly port?: number; readonly files?: string } = {},
): Promise<WebServer> {
  const { chain, deployment, workers } = net;
  const { port = 0, files = BUILT_APP } = options;
  const app = fastify({ logger: false });
  await serveApp(app, {
    folder: files,
    prefix: "/",
    deployment: {
      chainId: deployment.chainId,
      secretContracts: deployment.contracts,
      rpc: chain.url,
    },
    workers: () => workers.map(({ endpoint }) => endpoint),
  });
  const url = await app.listen({ host: HOST, port });
  return { url: `${url}/`, close: () => app.close() };
}
