import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { homePaths } from "../../../../worker/host/home/paths.ts";
import { lockHome } from "../../../../worker/host/home/lock.ts";

const module = join(import.meta.dirname, "../../../../worker/host/home");
let home: string;
beforeEach(() => (home = mkdtempSync(join(tmpdir(), "cloister-lock-"))));
afterEach(() => rmSync(home, { recursive: true }));

describe("the lock of a home", () => {
  it("is held by one at a time", async () => {
    const first = lockHome(homePaths(home));
    expect(() => lockHome(homePaths(home))).toThrow(
      expect.objectContaining({ code: "HOME_LOCKED" }),
    );
    await first.close();
    await lockHome(homePaths(home)).close();
  });

  it("keeps other processes out, and goes with its process when that is killed", async () => {
    const script = `
      import { lockHome } from ${JSON.stringify(join(module, "lock.ts"))};
      import { homePaths } from ${JSON.stringify(join(module, "paths.ts"))};
      globalThis.lock = lockHome(homePaths(${JSON.stringify(home)}));
      console.log("locked");
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", script]);
    await once(child.stdout, "data");
    expect(() => lockHome(homePaths(home))).toThrow(
      expect.objectContaining({ code: "HOME_LOCKED" }),
    );
    child.kill("SIGKILL");
    await once(child, "exit");
    await lockHome(homePaths(home)).close();
  });
});
