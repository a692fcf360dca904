/** What a page reads before it can show anything, and reads again as the chain moves. @module */
import { use, useCallback, useEffect, useRef, useState } from "react";
import { HeadContext } from "./head.tsx";

export interface Loaded<T> {
  /** The last good answer, also while a newer one is on its way. */
  readonly value?: T;
  /** Why the last try failed. */
  readonly error?: unknown;
  readonly again: () => void;
}

/**
 * Loads a value.
 * @param load must be stable (`useCallback`): another function loads anew
 * @param live whether to load again when there is a new block and the last load is over
 */
export function useLoad<T>(load: () => Promise<T>, live = false): Loaded<T> {
  const [state, setState] = useState<{ load: unknown; value?: T; error?: unknown }>({ load });
  const [asked, setAsked] = useState(0);
  const busy = useRef<unknown>(undefined);
  const current = useRef(load);
  current.current = load;
  // Only what is live renders with each block.
  const pulse = live ? use(HeadContext).block : 0;
  useEffect(() => {
    if (busy.current === load) return;
    busy.current = load;
    const over = (next: { value: T } | { error: unknown }) => {
      if (busy.current === load) busy.current = undefined;
      if (current.current !== load) return;
      setState((last) => ({
        ...(last.load === load && "error" in next ? last : {}),
        load,
        ...next,
      }));
    };
    load().then(
      (value) => over({ value }),
      (error: unknown) => over({ error }),
    );
  }, [load, pulse, asked]);
  const again = useCallback(() => setAsked((count) => count + 1), []);
  const { value, error } = state.load === load ? state : {};
  return {
    ...(value !== undefined && { value }),
    ...(error !== undefined && { error }),
    again,
  };
}
