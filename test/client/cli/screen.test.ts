import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { homeChecks } from "../../../client/cli/doctor/home.ts";
import { openCli } from "../../../client/cli/cli.ts";
import { lineOf, progressBar } from "../../../client/cli/progress.ts";
import { painter } from "../../../client/cli/screen.ts";
import { duration, size } from "../../../client/sdk/units.ts";

const bin = join(import.meta.dirname, "../../../client/cli/bin.mjs");
const sealing = {
  stage: "sealing",
  rows: 120_000,
  bytes: 1_000_000,
  bytesPerSecond: 81e6,
} as const;

describe("progressBar", () => {
  it("shows share, rows, rate and remaining time", () => {
    expect(lineOf(sealing, 40, 100, 2)).toBe(
      "sealing    [##########--------------]   40 %  120,000 rows  81.0 MB/s  3 s left",
    );
  });

  it("counts what was read while sealing, and what was sealed while uploading", () => {
    const written: string[] = [];
    const terminal = { isTTY: true, write: (text: string) => written.push(text) };
    let time = 1000;
    const bar = progressBar(terminal, { size: 200, read: () => 50 }, () => (time += 1000));
    bar.show(sealing);
    bar.show({ ...sealing, stage: "uploading", bytes: 750_000 });
    bar.end();
    expect(written[0]).toContain(" 25 %");
    expect(written[1]).toContain(" 75 %");
    expect(written.at(-1)).toBe("\n");
  });

  it("is silent where nobody looks", () => {
    const written: string[] = [];
    const bar = progressBar({ write: (text) => written.push(text) }, { size: 1, read: () => 1 });
    bar.show(sealing);
    bar.end();
    expect(written).toEqual([]);
  });
});

describe("texts", () => {
  it("paints on terminals only, and not when NO_COLOR is said", () => {
    expect(painter({ isTTY: true }, {}).red("x")).toContain("\u001b[31m");
    expect(painter({ isTTY: true }, { NO_COLOR: "1" }).red("x")).toBe("x");
    expect(painter({}, {}).red("x")).toBe("x");
  });

  it("says times and sizes in the unit that fits", () => {
    expect([8, 720, 3900, 200_000].map(duration)).toEqual([
      "8 s",
      "12 min",
      "1 h 05 min",
      "2 days",
    ]);
    expect([0, 999, 1500, 81e6].map(size)).toEqual(["0 B", "999 B", "1.5 kB", "81.0 MB"]);
  });

  it("tells an old Node", async () => {
    const [node] = await homeChecks(openCli({ home: "/none" }), "20.1.0");
    expect(node).toMatchObject({ name: "node", state: "fault", cure: expect.any(String) });
  });
});

const script = "/usr/bin/script";

describe.skipIf(!existsSync(script) || process.platform !== "linux")("on a terminal", () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "cloister-tty-"));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  /** Runs a command on a pseudo terminal; what is typed comes after the prompt. @returns all that the terminal showed */
  async function onTerminal(args: string, typed: string): Promise<string> {
    const line = `${process.execPath} ${bin} ${args} --home ${home}`;
    const child = spawn(script, ["-qec", line, "/dev/null"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    let shown = "";
    child.stdout.on("data", (data: Buffer) => {
      const before = shown;
      shown += data.toString();
      if (!before.includes("Password of") && shown.includes("Password of"))
        child.stdin.write(typed);
    });
    await new Promise((ended) => child.once("close", ended));
    return shown;
  }

  it("asks twice for a new password and shows none of it", async () => {
    const shown = await onTerminal("party keygen", "tty secret\rtty secret\r");
    expect(shown).toContain("Again:");
    expect(shown).toContain("consent key");
    expect(shown).not.toContain("secret");
    expect(existsSync(join(home, "keystore", "main.sealing.json"))).toBe(true);
  });

  it("takes no two different ones, and takes Ctrl-C and Ctrl-D for an answer", async () => {
    for (const typed of ["first\rsecond\r", "\u0003", "\u0004", "\r\r"])
      expect(await onTerminal("party keygen", typed)).toContain("PASSWORD_MISSING");
    expect(existsSync(join(home, "keystore"))).toBe(false);
  });
});
