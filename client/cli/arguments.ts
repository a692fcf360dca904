/** Readers of flags and arguments; what they refuse is a fault of usage. @module */
import { InvalidArgumentError } from "commander";
import { Value } from "typebox/value";
import type { Address, Hex } from "../../protocol/bytes.ts";
import { Gwei } from "../../protocol/chain/deployment.ts";
import type { InputRef } from "../../protocol/schema.ts";

const HASH = /^0x[0-9a-f]{64}$/;

/** A whole number between two. */
export const whole =
  (minimum: number, maximum: number) =>
  (text: string): number => {
    const value = /^[0-9]{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`It is a whole number from ${minimum} to ${maximum}.`);
  };

/** The name of a contract, task, dataset, program or measurement. */
export function hash(text: string): Hex {
  const lower = text.toLowerCase();
  if (HASH.test(lower)) return lower as Hex;
  throw new InvalidArgumentError("It is 0x and 64 hexadecimal digits.");
}

export function address(text: string): Address {
  if (/^0x[0-9a-fA-F]{40}$/.test(text)) return text.toLowerCase() as Address;
  throw new InvalidArgumentError("It is 0x and 40 hexadecimal digits.");
}

/** A price of gas. */
export function gwei(text: string): number {
  const value = /^[0-9]{1,7}(\.[0-9]{1,9})?$/.test(text) ? Number(text) : 0;
  if (Value.Check(Gwei, value)) return value;
  throw new InvalidArgumentError("It is a number of gwei, such as 1.5.");
}

/** Adds a value of a flag that may come several times. */
export const several =
  <T>(read: (text: string) => T) =>
  (text: string, before: readonly T[] = []): T[] => [...before, read(text)];

/** `member/table/dataset`, as `dataset list` prints it. */
export function inputRef(text: string): InputRef {
  const [member, table, dataset, ...rest] = text.split("/");
  if (member === undefined || table === undefined || dataset === undefined || rest.length > 0)
    throw new InvalidArgumentError("It is MEMBER/TABLE/DATASET, as `dataset list` prints it.");
  return { member: whole(0, 31)(member), table: whole(0, 255)(table), dataset: hash(dataset) };
}
