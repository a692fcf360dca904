/** What went wrong: the code, which tests and support look at, and a sentence. Always as text, never as markup. @module */
import { ProtocolError } from "../../../protocol/errors.ts";
import { failureOf } from "../../sdk/failure.ts";
import { named } from "../../sdk/named.ts";
import { cureFor } from "./cures.ts";

/** Any error as one of ours. */
export const problemOf = (error: unknown): ProtocolError =>
  error instanceof ProtocolError ? named(error) : named(failureOf("the page", error));

export function Problem({ error }: { error: unknown }) {
  if (error === undefined) return null;
  const problem = problemOf(error);
  const cure = cureFor(problem.code);
  return (
    <div className="problem" role="alert">
      <strong>{problem.code}</strong> <span>{messageOf(problem)}</span>
      {cure && <span className="soft"> {cure}</span>}
    </div>
  );
}

/** The sentence without the code before it. */
export const messageOf = ({ code, message }: ProtocolError): string =>
  message.slice(code.length + 2);
