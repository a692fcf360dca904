/** What went wrong, for people and for programs: code, message, and the command that comes next. @module */
import { failures, ProtocolError, type Failures } from "../../protocol/errors.ts";
import { named } from "../sdk/named.ts";
import { nextCommand } from "./advice.ts";
import type { Paint } from "./screen.ts";

export interface Problem {
  readonly code: keyof Failures;
  readonly message: string;
  readonly facts: object;
  /** What to type, when that is known. */
  readonly next?: string;
  readonly exit: number;
}

/** Any error as a problem; what is not one of ours is INTERNAL. */
export function problemOf(error: unknown): Problem {
  const known = named(
    error instanceof ProtocolError
      ? error
      : new ProtocolError("INTERNAL", { what: String(error) }, { cause: error }),
  );
  const { code, facts, message } = known;
  const next = nextCommand(known);
  const { exit } = failures[code];
  return {
    code,
    message: message.slice(code.length + 2),
    facts,
    ...(next !== undefined && { next }),
    exit,
  };
}

/** Lines for a terminal. */
export function linesOf({ code, message, next }: Problem, paint: Paint): string {
  const said = `${paint.red(code)}: ${message}`;
  return next === undefined ? said : `${said}\n${paint.bold("Next:")} ${next}`;
}
