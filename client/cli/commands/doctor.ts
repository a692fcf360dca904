/** `cloister doctor`: what is wrong here, and what to do about it. @module */
import type { Command } from "commander";
import { examine } from "../doctor/examine.ts";
import { painter } from "../screen.ts";
import { verb } from "../verb.ts";

/** Exit code when something is wrong. */
const SICK = 4;
const WIDTH = 18;

export function addDoctor(cloister: Command): void {
  verb(
    cloister,
    {
      usage: "doctor",
      says: "examine this home, the deployment, the chain and the workers; name each fault and its cure",
      notes: "Changes nothing. The keystore's password is tried when --password-file gives it.",
      examples: ["doctor", "doctor --password-file secret.txt --json"],
    },
    async (cli) => {
      const checks = await examine(cli);
      const { green, red, yellow, bold } = painter(process.stdout);
      const marks = { ok: green("ok"), fault: red("FAULT"), skipped: yellow("--") };
      const lines = checks.flatMap(({ name, state, says, cure }) => [
        `${name.padEnd(WIDTH)} ${marks[state]} ${says}`,
        ...(cure === undefined ? [] : [`${" ".repeat(WIDTH)} ${bold("Cure:")} ${cure}`]),
      ]);
      const ok = checks.every(({ state }) => state !== "fault");
      return { json: { ok, checks }, text: lines.join("\n"), exit: ok ? 0 : SICK };
    },
  );
}
