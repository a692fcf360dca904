/** Shapes of path and query parameters. Text stays text: what does not match is refused, never converted. @module */
import { Type } from "typebox";
import { Bytes32 } from "../../../protocol/schema.ts";

const strict = { additionalProperties: false } as const;

export const HashPath = Type.Object({ hash: Bytes32 }, strict);
export const TaskPath = Type.Object({ task: Bytes32 }, strict);
export const ResultPath = Type.Object(
  {
    task: Bytes32,
    /** Index of the member in the terms, or its account. */
    party: Type.String({ pattern: "^(?:[0-9]|[12][0-9]|3[01]|0x[0-9a-f]{40})$" }),
  },
  strict,
);
/** First chunk of an upload. */
export const UploadQuery = Type.Object(
  { from: Type.Optional(Type.String({ pattern: "^(?:0|[1-9][0-9]{0,4})$" })) },
  strict,
);
