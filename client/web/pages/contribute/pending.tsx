/** Uploads that a reload, or a dead connection, interrupted. @module */
import { useCallback, useState } from "react";
import type { Address, Hex } from "../../../../protocol/bytes.ts";
import type { Contributed } from "../../../sdk/dataset.ts";
import { Act } from "../../parts/act.tsx";
import { count, plainName } from "../../parts/text.ts";
import { useLoad } from "../../state/load.ts";
import { forgetWaiting, waitingOf, type Waiting } from "../../state/packages.ts";
import { useTransfer } from "../../state/transfer.ts";
import { Progressing, type Stage } from "./progressing.tsx";
import { Sent } from "./sent.tsx";

export function Pending({ terms, account }: { terms: Hex; account: Address }) {
  const waiting = useLoad(useCallback(() => waitingOf(account, terms), [account, terms]));
  const all = waiting.value ?? [];
  if (all.length === 0) return null;
  return (
    <section aria-label="Interrupted uploads">
      <h2>Interrupted uploads</h2>
      {all.map((entry) => (
        <One key={entry.dataset} waiting={entry} onGone={waiting.again} />
      ))}
    </section>
  );
}

function One({ waiting, onGone }: { waiting: Waiting; onGone: () => void }) {
  const [stage, setStage] = useState<Stage>();
  const [paused, setPaused] = useState(false);
  const [done, setDone] = useState<Contributed>();
  const transfer = useTransfer();
  const send = useCallback(async () => {
    try {
      setDone(await transfer.send(waiting, setStage));
    } finally {
      setStage(undefined);
    }
  }, [transfer, waiting]);
  const forget = useCallback(async () => {
    await forgetWaiting(waiting);
    onGone();
  }, [waiting, onGone]);
  const hold = (yes: boolean) => {
    setPaused(yes);
    transfer.pause(yes);
  };
  if (done) return <Sent contributed={done} table={waiting.table} file={waiting.file} />;
  return (
    <>
      <p>
        {plainName(waiting.file)}, {count(waiting.rows)} rows for the table{" "}
        {plainName(waiting.table)}: sealed, not at enough workers yet.
      </p>
      <div className="acts">
        <Act label="Go on with the upload" run={send} />
        <Act label="Forget it" quiet run={forget} />
      </div>
      {stage && <Progressing stage={stage} paused={paused} onPause={hold} />}
    </>
  );
}
