/** What a browser loads before it can show anything, measured on the build that is served. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildWeb } from "../../../scripts/web.ts";

/** Bytes, gzipped, of everything before a map is shown. */
const BUDGET = 300 * 1024;
const folder = mkdtempSync(join(tmpdir(), "cloister-bundle-"));

beforeAll(() => buildWeb(folder), 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const html = () => readFileSync(join(folder, "index.html"), "utf8");
const assets = () => readdirSync(join(folder, "assets"));
const read = (name: string) => readFileSync(join(folder, name));

describe("the built app", () => {
  it("loads at most 300 KB before a map is shown", () => {
    const named = [...html().matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(
      ([, name]) => name!,
    );
    expect(named.length).toBeGreaterThan(1);
    const bytes = named.reduce((sum, name) => sum + gzipSync(read(name)).length, 0);
    expect(bytes + gzipSync(html()).length).toBeLessThanOrEqual(BUDGET);
    expect(named.some((name) => read(name).includes("maplibregl-map"))).toBe(false);
  });

  it("has no inline script or style, and a policy that allows none", () => {
    expect(html()).not.toMatch(/<script(?![^>]*\ssrc=)[^>]*>|<style|\sstyle=|\son[a-z]+=/);
    const [, policy = ""] = /Content-Security-Policy"\s+content="([^"]+)"/.exec(html()) ?? [];
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*/);
  });

  it("evaluates no text and sets no markup of its own", () => {
    const own = assets().filter((name) => name.endsWith(".js") && !/^(frame|maplibre)/.test(name));
    expect(own.length).toBeGreaterThan(10);
    for (const name of own) {
      const code = read(join("assets", name)).toString();
      expect(code.match(/\beval\(|new Function\(/)?.[0]).toBeUndefined();
    }
  });

  it("asks no other server for anything", () => {
    const foreign = assets()
      .filter((name) => /\.(js|css)$/.test(name))
      .flatMap((name) =>
        [
          ...read(join("assets", name))
            .toString()
            .matchAll(/url\(["']?(https?:[^)"']+)|import\(["'`](https?:[^"'`]+)/g),
        ].map(([, style, script]) => style ?? script),
      );
    expect(foreign).toEqual([]);
  });
});
