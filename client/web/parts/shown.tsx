/** What is loaded, while it loads, and when it cannot be. @module */
import type { ReactNode } from "react";
import type { Loaded } from "../state/load.ts";
import { Problem } from "./problem.tsx";

interface ShownProps<T> {
  readonly of: Loaded<T>;
  readonly what: string;
  readonly children: (value: T) => ReactNode;
}

export function Shown<T>({ of, what, children }: ShownProps<T>) {
  return (
    <>
      {of.error !== undefined && <Problem error={of.error} />}
      {of.value !== undefined
        ? children(of.value)
        : of.error === undefined && (
            <p className="soft" role="status">
              Reading {what} …
            </p>
          )}
    </>
  );
}
