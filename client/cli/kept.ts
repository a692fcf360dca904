/** What a home keeps of a dataset it contributed, so that a later committee can be served. @module */
import { join } from "node:path";
import { Type, type Static } from "typebox";
import type { Hex } from "../../protocol/bytes.ts";
import { Bytes32, BytesHex } from "../../protocol/schema.ts";
import type { HomePaths } from "./home.ts";

/** Header, chunk hashes and key wraps, the owner's own among them. Not secret. */
export const KeptDataset = Type.Object(
  { terms: Bytes32, preamble: BytesHex },
  { additionalProperties: false },
);
export type KeptDataset = Static<typeof KeptDataset>;

export const keptFile = ({ datasets }: HomePaths, dataset: Hex): string =>
  join(datasets, `${dataset}.json`);

/** The ciphertext, when it was kept. */
export const sealedFile = ({ sealed }: HomePaths, dataset: Hex): string => join(sealed, dataset);
