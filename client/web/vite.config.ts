/** The web app as static files in `dist/`, which work from any path of any web server. @module */
import { join } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Keys at rest and accounts of development: the first page needs none of it, though ethers' own index names it. */
const keysAtRest = /aes-js|ethers\/lib\.esm\/(wallet|wordlists)\//;

export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  plugins: [react()],
  resolve: { alias: { "@adraffy/ens-normalize": join(import.meta.dirname, "no-ens.ts") } },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2024",
    // An inlined file would need `data:` in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Map libraries are as large as they are, and load where a map is shown.
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      preserveEntrySignatures: false,
      output: {
        codeSplitting: {
          groups: [{ name: "keys-at-rest", test: keysAtRest }],
          includeDependenciesRecursively: false,
        },
      },
    },
  },
  worker: { format: "es" },
});
