/** Checks of an audit on a terminal. @module */
import type { Check } from "../../protocol/audit.ts";
import { painter } from "./screen.ts";

/** One line each: passed or not, what was compared. */
export function checkLines(checks: readonly Check[]): string[] {
  const { green, red } = painter(process.stdout);
  return checks.map(({ name, ok, code, compared }) => {
    const mark = ok ? green("ok  ") : red("FAIL");
    return `${mark} ${name.padEnd(10)} ${code ?? ""} ${JSON.stringify(compared)}`;
  });
}
