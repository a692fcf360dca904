/** Numbers in a form that does not tell how large they are. @module */

/** Digits of the largest integer that a double holds exactly, 2^53 - 1. */
const WIDTH = 16;

/**
 * A whole number from 0 to 2^53 - 1 in 16 digits; `Number` reads it back. What a state holds is encrypted, how long it is everybody
 * sees: written as it is, a fortune would be longer than a penny.
 */
export const digitsOf = (value: number): string => String(value).padStart(WIDTH, "0");
