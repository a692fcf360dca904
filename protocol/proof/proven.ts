/** The shape of a receipt with proofs: a file that an auditor checks offline, against block hashes it trusts. @module */
import { Type, type Static } from "typebox";
import { Receipt } from "../receipt.ts";
import { AddressHex, BytesHex, parseShape } from "../schema.ts";

const strict = { additionalProperties: false } as const;
/** Headers one file may hold: a day and a half of blocks of 12 seconds. */
export const MAX_HEADERS = 10_000;
const BlockNumber = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Nodes = Type.Array(BytesHex, { maxItems: 66 });

/** Contracts of a deployment that emit what a receipt is made of. */
export const Emitters = Type.Object(
  { programRegistry: AddressHex, workerRegistry: AddressHex, taskManager: AddressHex },
  strict,
);

export const ProvenReceipt = Type.Object(
  {
    version: Type.Literal(1),
    receipt: Receipt,
    emitters: Emitters,
    /** The code of SecretContracts, which names the emitters; absent: the auditor must know them. */
    code: Type.Optional(Type.Object({ block: BlockNumber, nodes: Nodes, code: BytesHex }, strict)),
    /** RLP, ascending; without gaps where blocks are near enough, so that one trusted hash reaches far back. */
    headers: Type.Array(BytesHex, { minItems: 1, maxItems: MAX_HEADERS }),
    /** Transactions whose logs the receipt is made of, in chain order, each with its receipt's proof. */
    transactions: Type.Array(
      Type.Object(
        {
          block: BlockNumber,
          index: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
          nodes: Nodes,
        },
        strict,
      ),
      { minItems: 1, maxItems: 10_000 },
    ),
  },
  strict,
);

export type Emitters = Static<typeof Emitters>;
export type ProvenReceipt = Static<typeof ProvenReceipt>;

/** @throws ProtocolError SHAPE_INVALID */
export const parseProvenReceipt = (value: unknown): ProvenReceipt =>
  parseShape(ProvenReceipt, value, "receipt with proofs");
