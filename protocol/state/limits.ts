/**
 * How much state one call may touch. The same for every worker, so that a call over a limit is the same signed failure
 * (`STATE_TOO_LARGE`) everywhere and not one worker's abstention.
 * @module
 */

/** Bytes of UTF-8 of a key, at least 1. */
export const MOST_KEY = 256;
/** Bytes of a value's canonical JSON. */
export const MOST_VALUE = 65_536;
/** Keys a call may get, set, delete or be told by `list`, each time counted. */
export const MOST_TOUCHED = 10_000;
/** Bytes a call may write: of keys and values while it runs, and of sealed nodes at its end. */
export const MOST_WRITTEN = 8 * 2 ** 20;
/** Keys of one page of `list`. */
export const MOST_LISTED = 1000;
/** Default page of `list`. */
export const LISTED = 100;
