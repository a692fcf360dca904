/** The address of a page, behind the `#`: the server serves one file and learns nothing of what is looked at. @module */
import { useSyncExternalStore } from "react";
import type { Hex } from "../../protocol/bytes.ts";

/** Where one is. */
export type Route =
  | { readonly page: "home" | "you" | "new" | "audits" | "workers" | "missing" }
  | { readonly page: "contract" | "contribute" | "ask"; readonly terms: Hex }
  | { readonly page: "task" | "result" | "audit"; readonly task: Hex }
  | { readonly page: "worker"; readonly worker: Hex };

const isHash = (text: string | undefined): text is Hex => /^0x[0-9a-f]{64}$/.test(text ?? "");

/** Reads the part of an address behind `#`; what is no page of ours is `missing`. */
export function parseRoute(hash: string): Route {
  const [noun = "", name, verb, ...more] = hash.replace(/^#?\/?/, "").split("/");
  if (more.length > 0) return { page: "missing" };
  if (name === undefined) {
    if (noun === "") return { page: "home" };
    if (noun === "you" || noun === "new" || noun === "audits" || noun === "workers")
      return { page: noun };
    return { page: "missing" };
  }
  if (!isHash(name)) return { page: "missing" };
  if (noun === "contract") {
    if (verb === undefined) return { page: "contract", terms: name };
    if (verb === "contribute" || verb === "ask") return { page: verb, terms: name };
  }
  if (noun === "task") {
    if (verb === undefined) return { page: "task", task: name };
    if (verb === "result" || verb === "audit") return { page: verb, task: name };
  }
  if (noun === "worker" && verb === undefined) return { page: "worker", worker: name };
  return { page: "missing" };
}

/** The address of a page, for links. */
export function hrefOf(route: Route): string {
  switch (route.page) {
    case "home":
    case "missing":
      return "#/";
    case "you":
    case "new":
    case "audits":
    case "workers":
      return `#/${route.page}`;
    case "contract":
      return `#/contract/${route.terms}`;
    case "contribute":
    case "ask":
      return `#/contract/${route.terms}/${route.page}`;
    case "task":
      return `#/task/${route.task}`;
    case "result":
    case "audit":
      return `#/task/${route.task}/${route.page}`;
    case "worker":
    default:
      return `#/worker/${route.worker}`;
  }
}

/** Goes to a page. */
export const goTo = (route: Route): void => void (location.hash = hrefOf(route));

function onChange(act: () => void): () => void {
  addEventListener("hashchange", act);
  return () => removeEventListener("hashchange", act);
}

/** The page one is on. */
export const useRoute = (): Route =>
  parseRoute(useSyncExternalStore(onChange, () => location.hash));
