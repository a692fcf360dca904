/** What the browser remembers for one deployment and is no secret: settings, in its local storage. @module */
import { Type, type Static, type TSchema } from "typebox";
import { Value } from "typebox/value";
import { Bytes32 } from "../../../protocol/schema.ts";
import type { Deployment } from "../../../protocol/typed-data.ts";

export const Measurements = Type.Array(Bytes32, { maxItems: 100 });
export const Contracts = Type.String({ pattern: "^0x[0-9a-f]{40}$" });

const keyOf = (what: string) => `cloister/${what}`;

/** Name of something that belongs to one deployment. */
export const ofDeployment = (what: string, { chainId, contracts }: Deployment): string =>
  `${what}/${chainId}/${contracts}`;

/** What was remembered; undefined when there is nothing, or nothing of this shape. */
export function recall<S extends TSchema>(what: string, shape: S): Static<S> | undefined {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(keyOf(what)) ?? "null");
    return Value.Check(shape, value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function remember(what: string, value: unknown): void {
  try {
    localStorage.setItem(keyOf(what), JSON.stringify(value));
  } catch {
    // Storage is full or forbidden: it is asked again the next time.
  }
}
