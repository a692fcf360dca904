/** A link to a page of the app. @module */
import type { ReactNode } from "react";
import { hrefOf, type Route } from "../route.ts";

export function Link({ to, children }: { to: Route; children: ReactNode }) {
  return <a href={hrefOf(to)}>{children}</a>;
}
