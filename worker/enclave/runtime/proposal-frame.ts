/** A proposal on its way from the guest's process to the gate: codes of rows as bytes, everything else as JSON. @module */
import type { Frame } from "../../frames.ts";

export interface PackedProposal {
  readonly proposal: unknown;
  /** Fields that are Uint32Arrays, in the order of the attachment: name and number of elements. */
  readonly arrays: readonly (readonly [name: string, length: number])[];
}

/** @param proposal plain data; what is a Uint32Array may only be a field of its own */
export function packProposal(proposal: unknown): { json: PackedProposal; pieces: Uint8Array[] } {
  if (!isRecord(proposal)) return { json: { proposal, arrays: [] }, pieces: [] };
  const fields = Object.entries(proposal);
  const codes = fields.filter((field): field is [string, Uint32Array] => isCodes(field[1]));
  return {
    json: {
      proposal: Object.fromEntries(fields.filter(([, value]) => !isCodes(value))),
      arrays: codes.map(([name, { length }]) => [name, length]),
    },
    pieces: codes.map(
      ([, { buffer, byteOffset, byteLength }]) => new Uint8Array(buffer, byteOffset, byteLength),
    ),
  };
}

/** @returns the proposal, or undefined for a frame that holds none */
export function unpackProposal({ json, attachment }: Frame): { proposal: unknown } | undefined {
  if (!isRecord(json) || !Array.isArray(json["arrays"])) return undefined;
  const { proposal, arrays } = json;
  if (!isRecord(proposal)) return { proposal };
  const fields = new Map(Object.entries(proposal));
  let at = 0;
  for (const entry of arrays as unknown[]) {
    const [name, length] = Array.isArray(entry) ? (entry as unknown[]) : [];
    if (typeof name !== "string" || !Number.isInteger(length)) return undefined;
    const end = at + 4 * (length as number);
    if (end < at || end > attachment.length) return undefined;
    fields.set(name, new Uint32Array(attachment.buffer, at, length as number));
    at = end;
  }
  return { proposal: Object.fromEntries(fields) };
}

const isCodes = (value: unknown): value is Uint32Array => value instanceof Uint32Array;
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !isCodes(value);
