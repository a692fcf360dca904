/** How `cloister program test` runs an author's tests: with this installation's vitest, `cloister` meaning this installation. @module */
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { AUTHOR_MODULE, installation } from "./build.ts";

export default defineConfig({
  resolve: {
    alias: [
      { find: /^cloister$/u, replacement: AUTHOR_MODULE },
      {
        find: /^cloister\/test$/u,
        replacement: join(installation, "client", "kit", "test.ts"),
      },
      {
        find: /^vitest$/u,
        replacement: join(installation, "node_modules", "vitest", "dist", "index.js"),
      },
    ],
  },
  test: { include: ["**/*.test.ts"], pool: "forks", testTimeout: 60_000 },
});
