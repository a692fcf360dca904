/** One thing that can be wrong. @module */
import { ProtocolError } from "../../../protocol/errors.ts";
import { problemOf } from "../problem.ts";

export interface Check {
  readonly name: string;
  /** `skipped`: something it needs is wrong, or was not given. */
  readonly state: "ok" | "fault" | "skipped";
  readonly says: string;
  /** What to do; with faults only. */
  readonly cure?: string;
}

export const ok = (name: string, says: string): Check => ({ name, state: "ok", says });
export const skipped = (name: string, says: string): Check => ({ name, state: "skipped", says });
export const fault = (name: string, says: string, cure: string): Check => ({
  name,
  state: "fault",
  says,
  cure,
});

/** A check whose fault is an error that knows its own cure. @param cure when the error knows none, or a better one */
export async function check(
  name: string,
  look: () => string | Promise<string>,
  cure?: string,
): Promise<Check> {
  try {
    return ok(name, await look());
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const { code, message, next } = problemOf(error);
    return fault(name, `${code}: ${message}`, cure ?? next ?? "see the message");
  }
}
