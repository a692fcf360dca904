/** What went wrong, for people and for programs: code, message, and the command that comes next. @module */
import { failures, hasCode, ProtocolError, type Failures } from "../../protocol/errors.ts";
import { indicesOf } from "../../protocol/schema.ts";
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
  const known = refined(
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

/** A contract's refusal under the name users know it by. */
function refined(error: ProtocolError): ProtocolError {
  if (!hasCode(error, "TRANSACTION_FAILED")) return error;
  const [, name, list] = /^(\w+)\((.*)\)$/.exec(error.facts.error) ?? [];
  const [first = "", second = "", third = ""] = list?.split(", ") ?? [];
  const options = { cause: error };
  switch (name) {
    case "ContractNotActive":
      return new ProtocolError("NOT_ACTIVE", { terms: first }, options);
    case "ContractIsPaused":
      return new ProtocolError("PAUSED", { terms: first, by: indicesOf(Number(second)) }, options);
    case "TermsUnknown":
      return new ProtocolError("NOT_FOUND", { what: "secret contract", name: first }, options);
    case "TaskUnknown":
      return new ProtocolError("NOT_FOUND", { what: "task", name: first }, options);
    case "DatasetUnknown":
      return new ProtocolError("NOT_FOUND", { what: "dataset", name: third }, options);
    case "MemberUnauthorized":
      return new ProtocolError("NOT_A_MEMBER", { account: third, terms: first }, options);
    case "VaultBalanceTooLow":
      return new ProtocolError(
        "BALANCE_LOW",
        { account: first, balance: second, needed: third },
        options,
      );
    case undefined:
    default:
      return error;
  }
}

/** Lines for a terminal. */
export function linesOf({ code, message, next }: Problem, paint: Paint): string {
  const said = `${paint.red(code)}: ${message}`;
  return next === undefined ? said : `${said}\n${paint.bold("Next:")} ${next}`;
}
