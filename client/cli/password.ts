/** Where passwords come from: a file, or a person at a terminal. Never a flag, never the environment, never a prompt to nobody. @module */
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { ProtocolError } from "../../protocol/errors.ts";
import type { Cli } from "./cli.ts";
import { readText } from "./home.ts";

export interface Password {
  readonly text: string;
  /** Typed by a person, who chose it: worth more stretching than a file of random characters. */
  readonly typed: boolean;
}

/**
 * @param what for people: whose password
 * @param repeat asks a second time, for a password that is new
 * @throws ProtocolError PASSWORD_MISSING, FILE_UNREADABLE
 */
export async function passwordFor(cli: Cli, what: string, repeat = false): Promise<Password> {
  const file = cli.globals.passwordFile;
  if (file !== undefined) {
    const text = readText(file).split(/\r?\n/, 1)[0] ?? "";
    if (text === "")
      throw new ProtocolError("PASSWORD_MISSING", { what: `${what}: ${file} is empty` });
    return { text, typed: false };
  }
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new ProtocolError("PASSWORD_MISSING", { what });
  const [text = "", again] = await ask([`Password of ${what}: `, ...(repeat ? ["Again: "] : [])]);
  if (text === "" || (repeat && again !== text))
    throw new ProtocolError("PASSWORD_MISSING", { what: `${what}: empty, or not the same twice` });
  return { text, typed: true };
}

/** Asks without showing what is typed. @returns fewer answers than questions when somebody broke it off */
async function ask(questions: readonly string[]): Promise<string[]> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const typed = createInterface({ input: process.stdin, output: silent, terminal: true });
  // The iterator keeps lines that come before they are asked for: a pasted password, twice.
  const lines = typed[Symbol.asyncIterator]();
  const answers: string[] = [];
  try {
    for (const question of questions) {
      process.stderr.write(question);
      const { done, value } = await lines.next();
      process.stderr.write("\n");
      if (done) break;
      answers.push(value);
    }
    return answers;
  } finally {
    typed.close();
  }
}
