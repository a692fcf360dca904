/** `measurements.json`: the enclaves this home seals data to, each because its owner said so. @module */
import { existsSync } from "node:fs";
import { Type, type Static } from "typebox";
import type { Hex } from "../../protocol/bytes.ts";
import { Bytes32 } from "../../protocol/schema.ts";
import { readJson, replace, type HomePaths } from "./home.ts";
import { locked } from "./lock.ts";

const Trusted = Type.Object(
  {
    measurement: Bytes32,
    /** Why, in the owner's words. */
    note: Type.String(),
  },
  { additionalProperties: false },
);
const File = Type.Object({ measurements: Type.Array(Trusted) }, { additionalProperties: false });
type Trusted = Static<typeof Trusted>;

/** @throws ProtocolError CONFIG_INVALID, FILE_UNREADABLE */
export function readMeasurements(home: HomePaths): readonly Trusted[] {
  return existsSync(home.measurements) ? readJson(home.measurements, File).measurements : [];
}

export const trustedMeasurements = (home: HomePaths): Hex[] =>
  readMeasurements(home).map((entry) => entry.measurement);

/** Puts a measurement on the list, or changes its note. */
export async function trustMeasurement(home: HomePaths, entry: Trusted): Promise<void> {
  await locked(home, () => {
    const others = readMeasurements(home).filter((old) => old.measurement !== entry.measurement);
    writeList(home, [...others, entry]);
  });
}

/** @returns whether it was on the list */
export async function distrustMeasurement(home: HomePaths, measurement: Hex): Promise<boolean> {
  return locked(home, () => {
    const all = readMeasurements(home);
    const left = all.filter((entry) => entry.measurement !== measurement);
    writeList(home, left);
    return left.length < all.length;
  });
}

function writeList(home: HomePaths, measurements: readonly Trusted[]): void {
  replace(home.measurements, `${JSON.stringify({ measurements }, undefined, 2)}\n`);
}
