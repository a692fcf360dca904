/** Coordinates that are numbers and still cannot be meant: metres for degrees, longitude for latitude. @module */
import type { TableSpec } from "../../../protocol/program.ts";
import type { Faults, Refusal } from "./faults.ts";

/** No angle is larger; projected coordinates nearly always are. */
const FULL_TURN = 360;

export const projected: Refusal = {
  code: "PROJECTED_UNITS",
  kind: "number",
  reason: "is over 360: not degrees",
};
const swapped: Refusal = {
  code: "AXES_SWAPPED",
  kind: "number",
  reason: "is over 90 in most rows, where longitudes are not: the axes look swapped",
};

/** Whether a column of this name holds degrees. */
export const isAxis = (name: string): boolean => name === "latitude" || name === "longitude";
export const isProjected = (degrees: number): boolean => Math.abs(degrees) > FULL_TURN;

/** Watches the bad rows of a table with both axes; good ones have nothing to say here. */
export class Axes {
  #swapped = { rows: 0, first: 0 };
  #projected = { rows: 0, first: 0, column: "" };

  /** Whether a table has a latitude and a longitude. */
  static areIn({ columns }: TableSpec): boolean {
    return columns.filter((column) => isAxis(column.name)).length === 2;
  }

  /** @param latitude,longitude in degrees; NaN when they are not numbers */
  observe(row: number, latitude: number, longitude: number): void {
    if (isProjected(latitude) || isProjected(longitude)) {
      if (this.#projected.rows === 0) {
        const column = isProjected(latitude) ? "latitude" : "longitude";
        this.#projected = { rows: 0, first: row, column };
      }
      this.#projected.rows += 1;
    } else if (Math.abs(latitude) > 90 && Math.abs(longitude) <= 90) {
      if (this.#swapped.rows === 0) this.#swapped.first = row;
      this.#swapped.rows += 1;
    }
  }

  /**
   * Judges the table as a whole, once all rows are seen. One row alone is no pattern.
   * @throws ProtocolError PROJECTED_UNITS, AXES_SWAPPED when more than half of the rows look so; `count` is how many
   */
  expectPlausible(rows: number, faults: Faults): void {
    const isMost = (count: number): boolean => rows > 1 && 2 * count > rows;
    const { first: row, column } = this.#projected;
    if (isMost(this.#projected.rows))
      throw faults.fatal({ row, column, ...projected }, this.#projected.rows);
    if (isMost(this.#swapped.rows))
      throw faults.fatal(
        { row: this.#swapped.first, column: "latitude", ...swapped },
        this.#swapped.rows,
      );
  }
}
