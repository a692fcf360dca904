import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";

const entry = join(import.meta.dirname, "../../../client/sdk/index.ts");

describe("the SDK", () => {
  it("bundles for a browser, with nothing of Node in it", async () => {
    const { metafile, errors } = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      metafile: true,
      format: "esm",
      platform: "browser",
      target: "es2024",
      logLevel: "silent",
    });
    expect(errors).toEqual([]);
    const outside = Object.values(metafile.inputs)
      .flatMap((input) => input.imports)
      .filter((imported) => imported.external)
      .map((imported) => imported.path);
    expect(outside).toEqual([]);
    const own = Object.keys(metafile.inputs).filter((path) => !path.includes("node_modules"));
    expect(own.every((path) => /(client\/sdk|protocol)\//.test(path))).toBe(true);
  });
});
