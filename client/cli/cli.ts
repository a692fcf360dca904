/** What a verb has at hand: the flags of every command, its home, and the two streams. @module */
import { globalsFrom, type Globals, type TypedGlobals } from "./globals.ts";
import { homePaths, type HomePaths } from "./home.ts";
import { painter, type Paint } from "./screen.ts";

export interface Cli {
  readonly globals: Globals;
  readonly home: HomePaths;
  /** Colours for stderr; plain where there is no terminal. */
  readonly paint: Paint;
  /** A line for people, on stderr. */
  note(line: string): void;
  /** The result, on stdout: text, or exactly one JSON document. */
  print(answer: { readonly json: unknown; readonly text: string }): void;
}

export function openCli(typed: TypedGlobals): Cli {
  const globals = globalsFrom(typed);
  return {
    globals,
    home: homePaths(globals.home),
    paint: painter(process.stderr),
    note: (line) => void process.stderr.write(`${line}\n`),
    print: ({ json, text }) => {
      const shown = globals.json ? JSON.stringify(json, undefined, 2) : text.trimEnd();
      if (shown) process.stdout.write(`${shown}\n`);
    },
  };
}
