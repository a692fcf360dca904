/** The generated reference: everything of the command line, the errors and the routes is in it, and a stale file is found. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandTree } from "../../client/cli/tree.ts";
import { failures, type Failures } from "../../protocol/errors.ts";

const script = join(import.meta.dirname, "../../scripts/reference.ts");
let folder: string;

const run = (...args: string[]) =>
  new Promise<{ code: number; stderr: string }>((resolve) => {
    execFile(process.execPath, [script, "--folder", folder, ...args], (error, _out, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stderr }),
    );
  });
const read = (name: string) => readFileSync(join(folder, name), "utf8");

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "cloister-reference-"));
  await run();
});
afterAll(() => rmSync(folder, { recursive: true }));

it("is checked: a file that differs is named, with the command that renews it", async () => {
  expect(await run("--check")).toEqual({ code: 0, stderr: "" });
  const held = read("errors.md");
  writeFileSync(join(folder, "errors.md"), held.replace("NOT_ACTIVE", "NOT_ACTIVATED"));
  const { code, stderr } = await run("--check");
  expect(code).toBe(1);
  expect(stderr).toMatch(/errors\.md is stale: run `npm run reference`/);
  expect(stderr).not.toMatch(/cli\.md|http\.md/);
  writeFileSync(join(folder, "errors.md"), held);
});

describe("cli.md", () => {
  const leaves = (command: Command, path: string): [string, Command][] =>
    command.commands.length === 0
      ? [[path, command]]
      : command.commands.flatMap((child) => leaves(child, `${path} ${child.name()}`.trim()));

  it.each(leaves(commandTree(), ""))("has %s with its flags and an example", (path, command) => {
    const [, after = ""] = read("cli.md").split(new RegExp(`^###? ${path}$`, "m"));
    const section = after.split(/^###? /m)[0] ?? "";
    expect(section).toMatch(new RegExp(`^cloister ${path}`, "m"));
    for (const option of command.options.filter(({ helpGroupHeading }) => !helpGroupHeading))
      expect(section).toContain(`\`${option.flags.replaceAll("|", "\\|")}\``);
  });

  it("has every exit code that an error ends with", () => {
    for (const { exit } of Object.values(failures)) expect(read("cli.md")).toContain(`| ${exit} `);
  });
});

describe("errors.md", () => {
  it.each(Object.keys(failures) as (keyof Failures)[])("has %s", (code) => {
    const [, section = ""] = read("errors.md").split(`### ${code}\n`);
    const { http, exit } = failures[code];
    expect(section).toMatch(new RegExp(`^\\s*HTTP ${http}\\. Facts: \\S`));
    const above = read("errors.md").split(`### ${code}\n`)[0] ?? "";
    expect(above.match(/## Exit code \d/g)?.at(-1)).toBe(`## Exit code ${exit}`);
    expect(section.split("### ")[0]).not.toMatch(/undefined|NaN|\[object/);
  });
});

it("http.md has every route of the worker, with its answers", () => {
  const text = read("http.md");
  const folderOfRoutes = ["datasets", "programs", "tasks", "results", "worker"];
  const routes = folderOfRoutes.flatMap((name) => {
    const path = join(import.meta.dirname, `../../worker/host/http/routes/${name}.ts`);
    const declared = /app\.(get|put|post)\(\s*"([^"]+)"/g;
    return [...readFileSync(path, "utf8").matchAll(declared)].map(
      ([, method = "", route = ""]) => `## ${method.toUpperCase()} ${route}\n`,
    );
  });
  expect(routes.length).toBeGreaterThan(9);
  for (const route of routes) expect(text).toContain(route);
  expect(text).toContain("complete: boolean;");
  expect(text).not.toMatch(/undefined|\[object/);
});
