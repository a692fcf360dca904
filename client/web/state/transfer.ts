/** Bringing a sealed table to the workers; it can be paused, and taken up again after a reload. @module */
import { useMemo } from "react";
import type { Contributed } from "../../sdk/dataset.ts";
import { pauseSwitch } from "../workers/flow.ts";
import { forgetWaiting, type Waiting } from "./packages.ts";
import { readSealedFile } from "./sealed-files.ts";
import { useSession } from "./session.tsx";

/** How far an upload is, in bytes of ciphertext at the worker that has most. */
export interface Uploading {
  readonly name: "uploading";
  readonly done: number;
  readonly of: number;
  readonly rows: number;
  readonly started: number;
}

export interface Transfer {
  /** @throws ProtocolError those of `dataset.send`; the table stays kept for another try */
  readonly send: (waiting: Waiting, onStage: (stage: Uploading) => void) => Promise<Contributed>;
  readonly pause: (yes: boolean) => void;
}

export function useTransfer(): Transfer {
  const { client } = useSession();
  return useMemo(() => {
    const gate = pauseSwitch();
    return {
      pause: gate.set,
      send: async (waiting, onStage) => {
        const ciphertext = await readSealedFile(waiting.spool);
        const { terms, dataset, rows, bytes, preamble, report } = waiting;
        const started = performance.now();
        const contributed = await client.dataset.send(
          { terms, dataset, rows, bytes, preamble, report },
          ciphertext,
          {
            gate: gate.gate,
            onProgress: ({ bytes: done }) =>
              onStage({ name: "uploading", done, of: bytes, rows, started }),
          },
        );
        await forgetWaiting(waiting);
        return contributed;
      },
    };
  }, [client]);
}
