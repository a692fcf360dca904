/** An output with its salt as a file: what a recipient shows to an auditor, who compares it with the commitment on chain. @module */
import { Type } from "typebox";
import type { OpenedOutput } from "../../protocol/audit.ts";
import { fromHex, toHex } from "../../protocol/bytes.ts";
import { Bytes32, BytesHex } from "../../protocol/schema.ts";
import { readJson } from "./home.ts";

const OpenedFile = Type.Object(
  { salt: Bytes32, output: BytesHex },
  { additionalProperties: false },
);

export const openedText = ({ salt, output }: OpenedOutput): string =>
  `${JSON.stringify({ salt: toHex(salt), output: toHex(output) })}\n`;

/** @throws ProtocolError FILE_UNREADABLE, CONFIG_INVALID */
export function readOpened(file: string): OpenedOutput {
  const { salt, output } = readJson(file, OpenedFile);
  return { salt: fromHex(salt, 32), output: fromHex(output) };
}
