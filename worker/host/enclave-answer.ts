/** What the JSON part of an enclave's answer says: a value, or one of Cloister's errors. @module */
import { Type } from "typebox";
import { Value } from "typebox/value";
import type { AskName } from "../boundary.ts";
import { ProtocolError, failures, type Failures } from "../../protocol/errors.ts";

const Ok = Type.Object({ ok: Type.Unknown() }, { additionalProperties: false });
const Refusal = Type.Object(
  {
    error: Type.Object(
      { code: Type.String(), facts: Type.Record(Type.String(), Type.Unknown()) },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);

const Question = Type.Object(
  {
    ask: Type.Object(
      {
        name: Type.Union([Type.Literal("node"), Type.Literal("keep")]),
        message: Type.Unknown(),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);

/** What the enclave asks before it answers; undefined when it answers. */
export const questionIn = (json: unknown): { name: AskName; message: unknown } | undefined =>
  Value.Check(Question, json) ? json.ask : undefined;

/**
 * The value of an answer.
 * @throws ProtocolError the enclave's own; FRAME_INVALID when it is neither a value nor an error we know
 */
export function answerOf(json: unknown): unknown {
  if (Value.Check(Ok, json)) return json.ok;
  if (Value.Check(Refusal, json) && Object.hasOwn(failures, json.error.code)) {
    const code = json.error.code as keyof Failures;
    throw new ProtocolError(code, json.error.facts as unknown as Failures[typeof code]);
  }
  throw new ProtocolError("FRAME_INVALID", { what: "an answer is a value or an error" });
}
