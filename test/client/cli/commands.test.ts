/** What every command promises: help with an example, strict flags, streams, exit codes, no prompts. None of it needs a network. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nextCommand } from "../../../client/cli/advice.ts";
import { commandTree } from "../../../client/cli/tree.ts";
import { failures, ProtocolError, type Failures } from "../../../protocol/errors.ts";
import { cloister, person, type Outcome, type Person } from "./support.ts";

let someone: Person;
beforeAll(() => {
  someone = person("someone");
});
afterAll(() => someone.leave());

const tree = commandTree();
function leaves(command: Command, path: readonly string[] = []): [string, Command][] {
  if (command.commands.length === 0) return [[path.join(" "), command]];
  return command.commands.flatMap((child) => leaves(child, [...path, child.name()]));
}
const verbs = leaves(tree);

function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({ writeOut: (more) => (text += more) });
  command.outputHelp();
  return text;
}

/** The refusal a command printed, whose exit code must be the table's. */
function refusal({ code, stdout }: Outcome): { code: string; facts: object; next?: string } {
  const { error } = JSON.parse(stdout) as { error: { code: keyof Failures; facts: object } };
  expect(code).toBe(failures[error.code].exit);
  return error;
}

describe("help", () => {
  it.each(verbs)("%s has an example that the parser of its flags knows", (path, command) => {
    const help = helpOf(command);
    const examples = [...help.matchAll(/^ {2}cloister (.+)$/gm)].map(([, line]) => line ?? "");
    const own = examples.filter((line) => line.startsWith(path));
    expect(own.length).toBeGreaterThan(0);
    for (const [flag] of own.join(" ").matchAll(/--[a-z-]+/g)) expect(help).toContain(flag);
  });

  it("names the verbs of the design", () => {
    const names = verbs.map(([path]) => path);
    for (const name of [
      "net up",
      "net status",
      "doctor",
      "audit task",
      "result get",
      "result list",
      ...["keygen", "register", "list", "backup"].map((verb) => `party ${verb}`),
      ...["init", "register", "start", "status", "measurement"].map((verb) => `worker ${verb}`),
      ...["publish", "list", "inspect"].map((verb) => `program ${verb}`),
      ...["create", "terms", "join", "pause", "resume", "list"].map((verb) => `contract ${verb}`),
      ...["check", "contribute", "replace", "withdraw", "list"].map((verb) => `dataset ${verb}`),
      ...["propose", "consent", "veto", "seal", "run", "status"].map((verb) => `task ${verb}`),
      ...["cancel", "expire", "settle", "list"].map((verb) => `task ${verb}`),
      ...["deposit", "withdraw", "balance"].map((verb) => `vault ${verb}`),
      ...["add", "list"].map((verb) => `trust ${verb}`),
    ])
      expect(names).toContain(name);
  });

  it("goes to stderr and exits with 0, also for verbs of a worker", async () => {
    for (const path of [["worker", "init"], ["task", "run"], ["doctor"]]) {
      const { code, stdout, stderr } = await cloister([...path, "--help"]);
      expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
      expect(stderr).toMatch(/Example/);
    }
  });
});

describe("flags", () => {
  it("exits with 2 for a flag, a noun, a verb, an argument it does not know", async () => {
    for (const args of [
      ["vault", "balance", "--bogus"],
      ["nothing"],
      ["party", "nothing"],
      ["vault", "deposit"],
      ["vault", "balance", "0x12"],
      ["trust", "add", "0x12"],
      ["party", "list", "--confirmations", "0"],
      ["task", "propose"],
    ]) {
      const { code, stdout } = await cloister([...args, "--home", someone.home]);
      expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: "" });
    }
  });

  it("says faults of usage as JSON too", async () => {
    const said = refusal(await cloister(["vault", "balance", "--bogus", "--json"]));
    expect(said).toMatchObject({ code: "USAGE", next: "cloister --help" });
  });

  it("takes them before the noun, behind the verb, and from the environment", async () => {
    const measurement = `0x${"ab".repeat(32)}`;
    await someone.json("trust", "add", measurement);
    const before = await cloister(["--home", someone.home, "--json", "trust", "list"]);
    const named = await cloister(["trust", "list", "--json"], { CLOISTER_HOME: someone.home });
    expect(JSON.parse(before.stdout)).toEqual({ measurements: [{ measurement, note: "" }] });
    expect(named.stdout).toBe(before.stdout);
    expect(await someone.json("trust", "remove", measurement)).toMatchObject({ removed: true });
  });
});

describe("streams", () => {
  it("prints a result, and nothing else, on stdout", async () => {
    const { code, stdout, stderr } = await cloister(["contract", "create", "--example", "--json"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ threshold: 2, policy: { minParties: 3 } });
  });

  it("uses no colours without a terminal", async () => {
    const { stdout, stderr } = await cloister(["doctor", "--home", someone.home]);
    expect(stdout + stderr).not.toContain("\u001b");
  });
});

describe("keystore", () => {
  it("never asks for a password where nobody can type one", async () => {
    const silent = await cloister(["party", "keygen", "--home", someone.home, "--json"]);
    expect(refusal(silent)).toMatchObject({
      code: "PASSWORD_MISSING",
      next: expect.stringContaining("--password-file"),
    });
    expect(existsSync(join(someone.home, "keystore"))).toBe(false);
  });

  it("makes three encrypted files once, and opens them with their password only", async () => {
    const made = await someone.json<{ account: string }>("party", "keygen");
    const stored = readFileSync(join(someone.home, "keystore", "main.account.json"), "utf8");
    expect(JSON.parse(stored)).toMatchObject({ version: 3, address: made.account.slice(2) });
    expect(refusal(await someone.run("party", "keygen", "--json")).code).toBe("FILE_EXISTS");
    const wrong = someone.file("wrong", "not it\n");
    const args = ["party", "backup", "--out", join(someone.folder, "backup"), "--json"];
    const tried = await cloister([...args, "--home", someone.home, "--password-file", wrong]);
    expect(refusal(tried).code).toBe("KEYSTORE_PASSWORD");
    const none = await cloister([...args, ...someone.flags, "--password-file", "/none"]);
    expect(refusal(none).code).toBe("FILE_UNREADABLE");
    const other = await someone.run("party", "member", "--account", "other", "--json");
    expect(refusal(other)).toMatchObject({ code: "KEY_MISSING" });
    expect(
      (await someone.json<{ parties: unknown[] }>("party", "list", "--own")).parties,
    ).toMatchObject([{ name: "main", account: made.account }]);
  });

  it("refuses names that lead elsewhere, and files that hold no key", async () => {
    const away = await someone.run("party", "keygen", "--account", "../away", "--json");
    expect(refusal(away).code).toBe("USAGE");
    const file = someone.file("nokey", "0x12");
    const args = ["party", "keygen", "--account", "b", "--import-key", file, "--json"];
    expect(refusal(await someone.run(...args)).code).toBe("USAGE");
  });

  it("refuses a backup that writes outside the home", async () => {
    const files = { "../evil": "x" };
    const backup = someone.file("evil", JSON.stringify({ cloister: "backup/1", files }));
    expect(refusal(await someone.run("party", "restore", backup, "--json")).code).toBe(
      "CONFIG_INVALID",
    );
  });
});

describe("deployment", () => {
  it("is asked for when there is none, and refused when it is wrong", async () => {
    const asked = refusal(await someone.run("party", "list", "--json"));
    expect(asked).toMatchObject({ code: "CONFIG_INVALID" });
    const file = someone.file("5.json", '{"secretContracts":"0x12","more":1}');
    const wrong = refusal(await someone.run("party", "list", "--deployment", file, "--json"));
    expect((wrong.facts as { faults: string[] }).faults.length).toBeGreaterThan(1);
    const text = someone.file("6.json", "no");
    const broken = await someone.run("party", "list", "--deployment", text, "--json");
    expect(refusal(broken).code).toBe("CONFIG_INVALID");
    const gone = await someone.run("party", "list", "--deployment", "/none/5.json", "--json");
    expect(refusal(gone).code).toBe("FILE_UNREADABLE");
  });
});

describe("dataset check", () => {
  const manifest = join(import.meta.dirname, "../../../programs/location-analytics/manifest.json");
  const check = (csv: string) => {
    const file = someone.file("table.csv", csv);
    const flags = ["--manifest", manifest, "--table", "locations", "--json"];
    return someone.run("dataset", "check", file, ...flags);
  };

  it("needs no network, names columns it took, and bad rows without their values", async () => {
    const good = await check("lat,lon\n51.5,-0.1\n52.5,0.1\n");
    expect(good.code).toBe(0);
    expect(JSON.parse(good.stdout)).toMatchObject({
      ok: true,
      rows: 2,
      columns: { latitude: "lat" },
    });
    const bad = await check("lat,lon\nin the arctic bro,-0.1\n52.5,200\n50,1\n51,1\n");
    expect(bad.code).toBe(3);
    expect(JSON.parse(bad.stdout)).toMatchObject({ ok: false, rows: 2, skipped: 2 });
    expect(bad.stdout + bad.stderr).not.toContain("arctic");
    expect(refusal(await check("")).code).toBe("TABLE_EMPTY");
    expect(refusal(await check("lat,lon\n")).code).toBe("TABLE_EMPTY");
    expect(refusal(await check("lat\n1\n")).code).toBe("COLUMN_MISSING");
  });

  it("refuses a file that is not there, and writes its report into a new one only", async () => {
    const flags = ["--manifest", manifest, "--table", "locations", "--json"];
    const gone = await someone.run("dataset", "check", "/none.csv", ...flags);
    expect(refusal(gone).code).toBe("FILE_UNREADABLE");
    const file = someone.file("bad.csv", "lat,lon\n51,1\nno,1\n52,1\n");
    const report = join(someone.folder, "report.csv");
    const said = await someone.run("dataset", "check", file, ...flags, "--report", report);
    expect(said.code).toBe(3);
    expect(readFileSync(report, "utf8")).toContain("3,latitude,text,");
    const again = await someone.run("dataset", "check", file, ...flags, "--report", report);
    expect(refusal(again).code).toBe("FILE_EXISTS");
  });
});

describe("advice", () => {
  const known = new Set(verbs.map(([path]) => path));
  const facts = new Proxy({}, { get: (_target, name) => (name === "by" ? [1] : "7") });
  const said = (Object.keys(failures) as (keyof Failures)[]).flatMap((code) => {
    const next = nextCommand(
      Object.assign(Object.create(ProtocolError.prototype), { code, facts }),
    );
    return next === undefined ? [] : [[code, next] as const];
  });

  it.each(said)("for %s names commands that exist", (_code, next) => {
    for (const [, words = ""] of next.matchAll(/cloister ((?:[a-z]+ ?){1,2})/g)) {
      const [noun = "", verb = ""] = words.split(" ");
      const isKnown = known.has(`${noun} ${verb}`) || known.has(noun) || next.includes("--help");
      expect({ next, isKnown }).toEqual({ next, isKnown: true });
    }
  });
});

describe("doctor without a network", () => {
  const examine = async (...more: string[]) => {
    const { stdout } = await someone.run("doctor", "--json", ...more);
    const { checks } = JSON.parse(stdout) as {
      checks: { name: string; state: string; cure?: string }[];
    };
    return Object.fromEntries(checks.map((check) => [check.name, check]));
  };

  it("names a missing home, a missing deployment, and what hangs on them", async () => {
    const empty = await examine("--home", join(someone.folder, "nothing"));
    expect(empty["home"]).toMatchObject({
      state: "fault",
      cure: expect.stringContaining("keygen"),
    });
    expect(empty["keystore"]).toMatchObject({ state: "fault" });
    expect(empty["deployment"]).toMatchObject({
      state: "fault",
      cure: expect.stringContaining("--deployment"),
    });
    expect(empty["workers"]).toMatchObject({ state: "skipped" });
  });

  it("names open permissions, a wrong password, a broken list of measurements", async () => {
    const file = join(someone.home, "keystore", "main.consent.json");
    chmodSync(file, 0o644);
    writeFileSync(join(someone.home, "measurements.json"), "{}");
    const found = await examine("--password-file", someone.file("wrong", "no"));
    chmodSync(file, 0o600);
    writeFileSync(join(someone.home, "measurements.json"), '{"measurements":[]}');
    expect(found["home"]).toMatchObject({ state: "fault", cure: expect.stringContaining("chmod") });
    expect(found["password"]).toMatchObject({ state: "fault" });
    expect(found["trusted list"]).toMatchObject({ state: "fault" });
    const healed = await examine();
    for (const name of ["node", "home", "keystore", "password", "trusted list"])
      expect(healed[name]).toMatchObject({ state: "ok" });
  });
});
