/** Sealing a checked file and sending it: progress, pause, and the receipt. @module */
import { useCallback, useEffect, useRef, useState } from "react";
import type { Hex } from "../../../../protocol/bytes.ts";
import type { TableSpec } from "../../../../protocol/program.ts";
import type { Contributed } from "../../../sdk/dataset.ts";
import { Act } from "../../parts/act.tsx";
import { keepWaiting, newSpoolName, type Waiting } from "../../state/packages.ts";
import { dropSealedFile } from "../../state/sealed-files.ts";
import { useSession, type Identity } from "../../state/session.tsx";
import { sealInWorker } from "../../state/table-work.ts";
import { useTransfer } from "../../state/transfer.ts";
import type { Call } from "../../workers/protocol.ts";
import { Progressing, type Stage } from "./progressing.tsx";
import { Sent } from "./sent.tsx";

interface SendProps {
  readonly terms: Hex;
  readonly spec: TableSpec;
  readonly file: File;
  readonly identity: Identity;
  readonly skipInvalid: boolean;
  /** Whether there is something that may be sent. */
  readonly ready: boolean;
}

export function Send({ terms, spec, file, identity, skipInvalid, ready }: SendProps) {
  const { client } = useSession();
  const [stage, setStage] = useState<Stage>();
  const [paused, setPaused] = useState(false);
  const [done, setDone] = useState<Contributed>();
  const sealing = useRef<Call<unknown>>(undefined);
  const transfer = useTransfer();
  useEffect(() => () => sealing.current?.stop(), []);

  const send = useCallback(async () => {
    const spool = newSpoolName();
    const started = performance.now();
    try {
      const sealed = await client.dataset.seal({
        terms,
        table: spec.name,
        skipInvalid,
        sealWith: (order) => {
          const call = sealInWorker({ order, file, spool }, ({ read, rows }) =>
            setStage({ name: "sealing", done: read, of: file.size, rows, started }),
          );
          sealing.current = call;
          return call.output;
        },
      });
      sealing.current = undefined;
      const waiting: Waiting = {
        ...sealed,
        account: identity.account,
        file: file.name,
        table: spec.name,
        spool,
      };
      await keepWaiting(waiting);
      setDone(await transfer.send(waiting, setStage));
    } catch (error) {
      if (sealing.current) await dropSealedFile(spool);
      throw error;
    } finally {
      sealing.current = undefined;
      setStage(undefined);
    }
  }, [client, terms, spec, skipInvalid, file, identity, transfer]);

  const hold = (yes: boolean) => {
    setPaused(yes);
    sealing.current?.tell(yes ? "pause" : "resume");
    transfer.pause(yes);
  };
  if (done) return <Sent contributed={done} table={spec.name} file={file.name} />;
  return (
    <>
      <Act label="Seal and send" run={send} disabled={!ready} />
      {stage && <Progressing stage={stage} paused={paused} onPause={hold} />}
    </>
  );
}
