/** The web app at a worker, and pages of other origins that talk to it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import helmet from "@fastify/helmet";
import fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { serveApp, type AppFiles } from "../../../../worker/host/http/app.ts";
import { allowAllOrigins } from "../../../../worker/host/http/cross-origin.ts";
import { answerErrors } from "../../../../worker/host/http/problem.ts";
import { createLog } from "../../../../worker/host/log.ts";

const deployment = {
  chainId: 31337,
  secretContracts: `0x${"ab".repeat(20)}`,
  rpc: "https://node.example/v3/key",
};
let folder: string;
let workers: string[];
let app: FastifyInstance;

async function serve(options: Partial<AppFiles> = {}): Promise<void> {
  app = fastify();
  answerErrors(app, 1000, createLog("silent"));
  allowAllOrigins(app);
  await app.register(helmet);
  app.get("/v1/status", () => ({ ok: true }));
  await serveApp(app, {
    folder,
    prefix: "/app/",
    deployment,
    workers: () => workers,
    ...options,
  });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cloister-app-"));
  mkdirSync(join(folder, "assets"));
  writeFileSync(join(folder, "index.html"), "<!doctype html><title>Cloister</title>");
  writeFileSync(join(folder, "assets", "index-abc.js"), "export {};");
  workers = ["http://w1.example:8700/", "http://w2.example:8700/base", "not a url; script-src *"];
});
afterEach(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("the web app at a worker", () => {
  it("is its page, its files and its deployment", async () => {
    await serve();
    const page = await app.inject("/app/");
    expect(page.body).toContain("<title>Cloister");
    expect(page.headers["cache-control"]).toBe("no-cache");
    const file = await app.inject("/app/assets/index-abc.js");
    expect(file.headers["content-type"]).toContain("javascript");
    expect(file.headers["cache-control"]).toContain("immutable");
    expect((await app.inject("/app")).headers.location).toMatch(/\/app\/$/);
    const said = await app.inject("/app/deployment.json");
    expect(said.json()).toEqual(deployment);
    expect(said.headers["cache-control"]).toBe("no-store");
  });

  it("may run its own scripts only, talk to the node and the workers only, and stand in no frame", async () => {
    await serve();
    for (const path of ["/app/", "/app/assets/index-abc.js", "/app/deployment.json"]) {
      const { headers } = await app.inject(path);
      const policy = String(headers["content-security-policy"]).split("; ");
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain(
        "connect-src 'self' https://node.example http://w1.example:8700 http://w2.example:8700",
      );
      expect(policy.join()).not.toMatch(/unsafe|\*/);
      expect(headers["x-frame-options"]).toBe("DENY");
      expect(headers["referrer-policy"]).toBe("no-referrer");
    }
  });

  it("learns of a worker that registered later", async () => {
    await serve();
    workers.push("https://w3.example");
    const { headers } = await app.inject("/app/");
    expect(headers["content-security-policy"]).toContain("https://w3.example");
  });

  it("gives no file from outside its folder", async () => {
    await serve();
    for (const path of [
      "/app/../package.json",
      "/app/%2e%2e/package.json",
      "/app/assets/..%2f..%2fx",
    ])
      expect((await app.inject(path)).statusCode).toBeGreaterThanOrEqual(400);
  });

  it("that was never built says how to build it", async () => {
    await serve({ folder: join(folder, "nothing") });
    const answer = await app.inject("/app/");
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: "NOT_FOUND" });
    expect((await app.inject("/app/deployment.json")).statusCode).toBe(200);
  });
});

describe("pages of any origin", () => {
  it("read answers, refusals too, and never with credentials", async () => {
    await serve();
    for (const url of ["/v1/status", "/v1/nothing"]) {
      const { headers } = await app.inject({ url, headers: { origin: "https://elsewhere" } });
      expect(headers["access-control-allow-origin"]).toBe("*");
      expect(headers["access-control-allow-credentials"]).toBeUndefined();
    }
  });

  it("may ask beforehand whether they may upload", async () => {
    await serve();
    const answer = await app.inject({
      method: "OPTIONS",
      url: "/v1/datasets/0x00",
      headers: {
        origin: "https://elsewhere",
        "access-control-request-method": "PUT",
        "access-control-request-headers": "content-type",
      },
    });
    expect(answer.statusCode).toBe(204);
    expect(answer.headers["access-control-allow-methods"]).toBe("GET, POST, PUT");
    expect(answer.headers["access-control-allow-headers"]).toBe("content-type");
  });
});
