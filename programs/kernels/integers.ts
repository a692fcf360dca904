/** Exact integer arithmetic: integers make sums independent of the order of rows, floats do not. @module */

/** Largest integer not above numerator / denominator. @param denominator positive */
export function floorDivide(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  return numerator < 0n && quotient * denominator !== numerator ? quotient - 1n : quotient;
}

/** numerator / denominator to the nearest integer, halves up (towards plus infinity). @param denominator positive */
export function roundDivide(numerator: bigint, denominator: bigint): bigint {
  return floorDivide(2n * numerator + denominator, 2n * denominator);
}

/** Number of additions after which a partial sum of 2^32 each is still below 2^53. */
const FLUSH = 1 << 20;

/**
 * Count, sum and sum of squares of int32 values, exact for any number of rows and in any order.
 *
 * Squares reach 2^62, beyond what a double holds, and a BigInt per row is slow: the square is kept in three parts
 * (high², high low, low² of the 16-bit halves) that stay exact, and moved into BigInts now and then.
 */
export class ExactMoments {
  #count = 0;
  #sum = 0n;
  #squares = 0n;
  #pending = 0;
  #partSum = 0;
  #highHigh = 0;
  #highLow = 0;
  #lowLow = 0;

  /** @param value an integer, |value| <= 2^31 */
  add(value: number): void {
    const size = value < 0 ? -value : value;
    const high = Math.floor(size / 65536);
    const low = size - high * 65536;
    this.#partSum += value;
    this.#highHigh += high * high;
    this.#highLow += high * low;
    this.#lowLow += low * low;
    if (++this.#pending === FLUSH) this.#flush();
  }

  get count(): number {
    return this.#count + this.#pending;
  }

  get sum(): bigint {
    this.#flush();
    return this.#sum;
  }

  get squares(): bigint {
    this.#flush();
    return this.#squares;
  }

  /** count² times the variance (of the whole, not of a sample): count * squares - sum², never negative. */
  get spread(): bigint {
    return BigInt(this.count) * this.squares - this.sum * this.sum;
  }

  #flush(): void {
    this.#count += this.#pending;
    this.#sum += BigInt(this.#partSum);
    this.#squares +=
      (BigInt(this.#highHigh) << 32n) + (BigInt(this.#highLow) << 17n) + BigInt(this.#lowLow);
    this.#pending = this.#partSum = this.#highHigh = this.#highLow = this.#lowLow = 0;
  }
}
