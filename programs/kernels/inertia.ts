/** How well clusters fit: the sum of squared distances to the centres, as an integer. @module */
import { ExactMoments, floorDivide } from "./integers.ts";

/**
 * Inertia of a partition around the exact means of its groups.
 *
 * Per group and coordinate: (count * squares - sum²) / count, exact but for the rounding down of each group's sum, at
 * most one square unit per group.
 * @param coordinates one array of int32 per dimension
 * @param groups group of each row, 0 <= value < count
 * @returns square units of the coordinates (square micro-degrees for positions)
 */
export function inertia(
  coordinates: readonly ArrayLike<number>[],
  groups: ArrayLike<number>,
  count: number,
): bigint {
  const spread = Array.from({ length: count }, () => 0n);
  const rows = [...spread];
  for (const values of coordinates) {
    const moments = Array.from({ length: count }, () => new ExactMoments());
    for (let row = 0; row < groups.length; row++) moments[groups[row]!]!.add(values[row]!);
    for (const [group, moment] of moments.entries()) {
      spread[group]! += moment.spread;
      rows[group] = BigInt(moment.count);
    }
  }
  return spread.reduce(
    (sum, value, group) => sum + (rows[group] ? floorDivide(value, rows[group]) : 0n),
    0n,
  );
}
