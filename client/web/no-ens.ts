/** Stands in for the tables of ENS names, 25 KB that every first visit would pay: this app knows accounts by their addresses alone. @module */

/** @throws Error always: no name is ever asked for */
export function ens_normalize(): never {
  throw new Error("no ENS names here");
}
