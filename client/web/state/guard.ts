/**
 * Which servers this page may talk to at all. The page tells the browser itself, once it knows chain and workers: after that not
 * even a fault in it can send anything elsewhere. Policies only ever add up, so a server's own header stays in force.
 * @module
 */
import { originsOf } from "../../../protocol/origins.ts";

const CSP = "Content-Security-Policy";

/** Lets the page connect to its own server and these, for as long as it lives. */
export function connectOnlyTo(urls: readonly string[]): void {
  const meta = document.createElement("meta");
  meta.httpEquiv = CSP;
  meta.content = `connect-src 'self' ${originsOf(urls).join(" ")}`;
  document.head.append(meta);
}
