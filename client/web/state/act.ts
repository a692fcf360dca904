/** Something that a button starts: once at a time, and its failure shown. @module */
import { useCallback, useRef, useState } from "react";

export interface Action {
  readonly busy: boolean;
  readonly error: unknown;
  readonly run: () => void;
}

export function useAction(act: () => Promise<void>): Action {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const running = useRef(false);
  const run = useCallback(() => {
    if (running.current) return;
    running.current = true;
    setBusy(true);
    setError(undefined);
    void act()
      .catch((fault: unknown) => setError(fault))
      .finally(() => {
        running.current = false;
        setBusy(false);
      });
  }, [act]);
  return { busy, error, run };
}
