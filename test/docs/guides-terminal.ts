/** Somebody at a terminal: a shell of their own, in a home of their own, with `cloister` on the path. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

const cli = join(import.meta.dirname, "../../client/cli/bin.mjs");
const END = "end-of-command";
/** Milliseconds a process has to end when it is asked to. */
const STOP_MS = 10_000;

/** A folder with what `npm link` puts on the path. */
export function linkCloister(folder: string): string {
  mkdirSync(folder);
  symlinkSync(cli, join(folder, "cloister"));
  return folder;
}

export class Terminal {
  readonly home: string;
  readonly #shell: ChildProcess;
  #screen = "";
  #from = 0;
  #typed = false;

  /** @param path folder of `cloister` */
  constructor(home: string, path: string) {
    mkdirSync(home);
    this.home = home;
    const PATH = [path, dirname(process.execPath), process.env["PATH"]].join(delimiter);
    // Both streams on one screen, and a group of its own: what it leaves running ends with it.
    this.#shell = spawn(
      "bash",
      ["--noprofile", "--norc", "-c", "exec bash --noprofile --norc 2>&1"],
      {
        cwd: home,
        env: { PATH, HOME: home },
        stdio: ["pipe", "pipe", "inherit"],
        detached: true,
      },
    );
    this.#shell.stdout?.setEncoding("utf8").on("data", (text: string) => (this.#screen += text));
  }

  save(name: string, text: string): void {
    writeFileSync(join(this.home, name), text);
  }

  /** Types a command; does not wait. */
  type(command: string): void {
    if (this.busy)
      throw new TypeError(`the terminal is busy; it shows\n${this.printed.join("\n")}`);
    this.#from = this.#screen.length;
    this.#typed = true;
    // A command never reads what is typed after it.
    this.#shell.stdin?.write(`{ ${command}\n} < /dev/null; echo "${END} $?"\n`);
  }

  /** Whole lines since the last command, without the shell's own. */
  get printed(): string[] {
    const text = this.#screen.slice(this.#from).replace(ENDED, "");
    return text.split("\n").slice(0, -1);
  }

  /** Exit code of the last command; undefined while it runs. */
  get code(): number | undefined {
    const code = ENDED.exec(this.#screen.slice(this.#from))?.[1];
    return code === undefined ? undefined : Number(code);
  }

  get busy(): boolean {
    return this.#typed && this.code === undefined;
  }

  /** Ends the shell and what runs in it. */
  async close(): Promise<void> {
    const { pid } = this.#shell;
    if (pid === undefined || this.#shell.exitCode !== null) return;
    const over = once(this.#shell, "close");
    process.kill(-pid, "SIGTERM");
    const timer = setTimeout(() => process.kill(-pid, "SIGKILL"), STOP_MS);
    await over;
    clearTimeout(timer);
  }
}

const ENDED = new RegExp(`${END} (\\d+)\\n$`);
