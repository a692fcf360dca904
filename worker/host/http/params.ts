/** Shapes of path and query parameters. Text stays text: what does not match is refused, never converted. @module */
import { Type } from "typebox";
import { KEY_WRAP_SIZE } from "../../../protocol/envelope/wrap.ts";
import { Bytes32 } from "../../../protocol/schema.ts";

const strict = { additionalProperties: false } as const;

export const HashPath = Type.Object({ hash: Bytes32 }, strict);
export const RootPath = Type.Object({ root: Bytes32 }, strict);
export const NodePath = Type.Object({ root: Bytes32, id: Bytes32 }, strict);
/** `since`: a version; `after`: the last id of the page before. */
export const PageQuery = Type.Object(
  { since: Type.Integer({ default: 0, minimum: 0 }), after: Type.Optional(Bytes32) },
  strict,
);
export const TaskPath = Type.Object({ task: Bytes32 }, strict);
export const ResultPath = Type.Object(
  {
    task: Bytes32,
    /** Index of the member in the terms, or its account. */
    party: Type.String({ pattern: "^(?:[0-9]|[12][0-9]|3[01]|0x[0-9a-f]{40})$" }),
  },
  strict,
);
/** Whose dataset: under which secret contract, of which member. */
export const OwnerQuery = Type.Object(
  { terms: Bytes32, member: Type.String({ pattern: "^(?:[0-9]|[12][0-9]|3[01])$" }) },
  strict,
);
/** A key wrap that the owner signed for the asking worker: sealing key, wrap, signature. */
export const TicketHeader = Type.Object({
  authorization: Type.String({
    pattern: `^KeyWrap 0x[0-9a-f]{${2 * KEY_WRAP_SIZE}}$`,
  }),
});
/** First chunk of an upload. */
export const UploadQuery = Type.Object(
  { from: Type.Optional(Type.String({ pattern: "^(?:0|[1-9][0-9]{0,4})$" })) },
  strict,
);
