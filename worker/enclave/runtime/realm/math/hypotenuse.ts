/** The square root of a sum of squares: scaled by the largest, with Kahan's correction. @module */
export function hypot(...values: readonly number[]): number {
  const sizes = values.map((value) => Math.abs(value));
  const largest = sizes.reduce((most, size) => (size > most ? size : most), 0);
  if (largest === Infinity) return Infinity;
  if (sizes.some((size) => Number.isNaN(size))) return NaN;
  if (largest === 0) return 0;
  let sum = 0;
  let lost = 0;
  for (const size of sizes) {
    const part = size / largest;
    const next = part * part - lost;
    const total = sum + next;
    lost = total - sum - next;
    sum = total;
  }
  return Math.sqrt(sum) * largest;
}
