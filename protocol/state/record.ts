/** What a state's root on chain stands for. @module */
import { Type, type Static } from "typebox";
import { Bytes32 } from "../schema.ts";

export const StateRecord = Type.Object(
  {
    /** Tasks that have changed the state, this version's included. */
    version: Type.Integer({ minimum: 1, maximum: 2 ** 48 - 1 }),
    /** Mask of the members whose data ever entered it: all of them must consent to whoever reads it. */
    contributors: Type.Integer({ minimum: 1, maximum: 2 ** 32 - 1 }),
    /** Root of the tree; zero for an empty one. */
    node: Bytes32,
  },
  { additionalProperties: false },
);
export type StateRecord = Static<typeof StateRecord>;
