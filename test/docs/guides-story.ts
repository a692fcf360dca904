/**
 * A story told by guides, word by word: what they tell somebody to type is typed, each person in a terminal with an empty home, and what
 * they show is compared with what is printed.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { firstDifference, Names, showsFailure, stepsOf, type Step } from "./guides.ts";
import { linkCloister, Terminal } from "./guides-terminal.ts";
import { document } from "./support.ts";

/** Commands that stay until they are told to end. */
const STAYS = /^cloister (?:net up|worker start|task run)\b/;
/** Milliseconds one command may take, generously. */
const PATIENCE = 90_000;
const LOOK_MS = 20;
/** A section has up to a dozen commands; most end within a second. */
const SECTION_MS = 10 * PATIENCE;

export class Story {
  readonly #folder = mkdtempSync(join(tmpdir(), "cloister-guides-"));
  readonly #path = linkCloister(join(this.#folder, "bin"));
  readonly #terminals = new Map<string, Terminal>();
  readonly #names = new Names();
  #broken = false;

  constructor() {
    this.#names.set("/tmp/cloister", join(this.#folder, "shared"));
  }

  /** Ends everybody's terminal, the latest first. */
  async end(): Promise<void> {
    for (const terminal of [...this.#terminals.values()].toReversed()) await terminal.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** One test for each section that has something to do; they build on each other. */
  follows(guide: string, from?: string, to?: string): void {
    const text = document(`guides/${guide}`);
    const start = from === undefined ? 0 : text.indexOf(`\n## ${from}`) + 1;
    const end = to === undefined ? text.length : text.indexOf(`\n## ${to}`) + 1;
    for (const part of text.slice(start, end).split(/^(?=## )/m)) {
      const steps = stepsOf(part);
      if (steps.length === 0) continue;
      it(`${guide}: ${/^#+ (.*)/.exec(part)?.[1]}`, { timeout: SECTION_MS }, async ({ skip }) => {
        skip(this.#broken, "a step before it failed");
        this.#broken = true;
        for (const step of steps) expect(await this.#follow(step)).toBeUndefined();
        this.#broken = false;
      });
    }
  }

  #terminalOf(who: string): Terminal {
    const known = this.#terminals.get(who);
    if (known) return known;
    const terminal = new Terminal(join(this.#folder, who), this.#path);
    this.#names.set(`/home/${who}`, terminal.home);
    this.#terminals.set(who, terminal);
    return terminal;
  }

  /** Does a step. @returns what is not as the guide shows it, with what was printed */
  async #follow({ who, file, command, shown }: Step): Promise<string | undefined> {
    const terminal = this.#terminalOf(who);
    if (file) terminal.save(file.name, this.#names.typed(file.text));
    if (command === undefined) return undefined;
    // What stays ends by what is typed elsewhere.
    await until(terminal, () => !terminal.busy);
    const stays = STAYS.test(command);
    const difference = () => firstDifference(shown, terminal.printed, this.#names, !stays);
    terminal.type(this.#names.typed(command));
    await until(terminal, () => !terminal.busy || (stays && difference() === undefined));
    const { printed, code } = terminal;
    const told = [`${who}$ ${command}`, ...printed].join("\n");
    const missing = shown.length > 0 ? difference() : undefined;
    if (missing !== undefined) return `not printed: ${missing}\n${told}`;
    const asShown = code === undefined || (code !== 0) === showsFailure(shown);
    return asShown ? undefined : `exit code ${code}\n${told}`;
  }
}

async function until(terminal: Terminal, isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + PATIENCE; !isSo();) {
    if (Date.now() > end)
      throw new Error(`still running; it shows\n${terminal.printed.join("\n")}`);
    await new Promise((later) => setTimeout(later, LOOK_MS));
  }
}
