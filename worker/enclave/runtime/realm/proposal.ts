/** Takes what a program returned out of the program's hands: read once, copied, counted. @module */
import type { OutputCaps } from "../output-caps.ts";

/** A proposal as it leaves the isolate: JSON, and the fields of it that are Uint32Arrays. */
export interface Taken {
  readonly text: string;
  readonly names: readonly string[];
  readonly arrays: readonly Uint32Array[];
}

/** JSON deeper than this is none that the gate would take. */
const MOST_DEPTH = 64;

/** The output is over its cap. */
export class TooLarge extends Error {}
/** Not JSON with Uint32Arrays: what leaves instead is `null`, which has no release rule's form. */
class NotPlain extends Error {}

/** @throws TooLarge; whatever a getter of the program's throws */
export function take(proposal: unknown, caps: OutputCaps): Taken {
  try {
    return taken(proposal, new Budget(caps.text), new Budget(caps.elements));
  } catch (error) {
    if (error instanceof NotPlain) return { text: "null", names: [], arrays: [] };
    throw error;
  }
}

function taken(proposal: unknown, characters: Budget, elements: Budget): Taken {
  if (typeof proposal !== "object" || proposal === null || Array.isArray(proposal))
    throw new NotPlain();
  const names: string[] = [];
  const arrays: Uint32Array[] = [];
  const fields: [string, unknown][] = [];
  for (const name of Object.keys(proposal)) {
    const value = (proposal as Record<string, unknown>)[name];
    if (value instanceof Uint32Array) {
      elements.spend(value.length);
      names.push(name);
      arrays.push(value.slice());
    } else if (value !== undefined) fields.push([name, copy(value, characters, 1)]);
  }
  return { text: JSON.stringify(Object.fromEntries(fields)), names, arrays };
}

function copy(value: unknown, budget: Budget, depth: number): unknown {
  if (depth > MOST_DEPTH) throw new NotPlain();
  if (value === null || typeof value === "boolean") budget.spend(4);
  else if (typeof value === "string") budget.spend(value.length + 2);
  else if (typeof value === "number" && Number.isFinite(value)) budget.spend(1);
  else if (Array.isArray(value)) {
    budget.spend(value.length);
    const items: unknown[] = [];
    for (let i = 0; i < value.length; i++) items.push(copy(value[i], budget, depth + 1));
    return items;
  } else if (typeof value === "object" && isPlain(value)) {
    const fields: [string, unknown][] = [];
    for (const name of Object.keys(value)) {
      budget.spend(name.length + 3);
      const field = (value as Record<string, unknown>)[name];
      if (field !== undefined) fields.push([name, copy(field, budget, depth + 1)]);
    }
    return Object.fromEntries(fields);
  } else throw new NotPlain();
  return value;
}

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

class Budget {
  #left: number;

  constructor(most: number) {
    this.#left = most;
  }

  spend(amount: number): void {
    this.#left -= amount;
    if (this.#left < 0) throw new TooLarge();
  }
}
