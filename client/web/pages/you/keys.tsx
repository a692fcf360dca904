/** Consent and sealing key: made, unlocked, taken out and brought in; in storage they lie locked only. @module */
import { useCallback, useState } from "react";
import { Act } from "../../parts/act.tsx";
import { Drop } from "../../parts/drop.tsx";
import { Field } from "../../parts/field.tsx";
import { saveFile } from "../../parts/save.ts";
import { Shown } from "../../parts/shown.tsx";
import {
  fileName,
  importRing,
  makeRing,
  MIN_PASSWORD,
  openRing,
  ringOf,
  type KeyRing,
} from "../../state/key-ring.ts";
import { useLoad } from "../../state/load.ts";
import { useSession, type Identity } from "../../state/session.tsx";

export function KeysPart({ identity }: { identity: Identity }) {
  const { account } = identity;
  const ring = useLoad(useCallback(async () => ({ ring: await ringOf(account) }), [account]));
  return (
    <>
      <h2>Your two keys</h2>
      <p>
        The consent key signs what your data may be used for; the sealing key opens results. They
        stay in this browser, locked with your password. Lost keys cannot be replaced: export them.
      </p>
      <Shown of={ring} what="the keys of this browser">
        {({ ring: held }) => (
          <>
            {identity.keys ? (
              <p className="done">Unlocked until you reload or leave.</p>
            ) : held ? (
              <Unlock identity={identity} ring={held} />
            ) : (
              <Make identity={identity} onDone={ring.again} />
            )}
            {held && <Export ring={held} />}
            {!held && <Import identity={identity} onDone={ring.again} />}
          </>
        )}
      </Shown>
    </>
  );
}

function Unlock({ identity, ring }: { identity: Identity; ring: KeyRing }) {
  const { become } = useSession();
  const [password, setPassword] = useState("");
  const open = useCallback(async () => {
    become({ ...identity, keys: await openRing(ring, password) });
  }, [become, identity, ring, password]);
  return (
    <form onSubmit={(event) => event.preventDefault()}>
      <Field
        label="Password"
        type="password"
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
      />
      <Act label="Unlock" run={open} disabled={password === ""} />
    </form>
  );
}

function Make({ identity, onDone }: { identity: Identity; onDone: () => void }) {
  const { become } = useSession();
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const make = useCallback(async () => {
    const keys = await makeRing(identity.account, password);
    onDone();
    become({ ...identity, keys });
  }, [become, identity, password, onDone]);
  const differs = again !== "" && again !== password;
  return (
    <form onSubmit={(event) => event.preventDefault()}>
      <Field
        label="New password"
        type="password"
        autoComplete="new-password"
        value={password}
        onChange={setPassword}
        hint={`At least ${MIN_PASSWORD} characters. Nobody can recover it.`}
      />
      <Field
        label="The same again"
        type="password"
        autoComplete="new-password"
        value={again}
        onChange={setAgain}
        fault={differs ? "The two are not the same." : undefined}
      />
      <Act
        label="Make my keys"
        run={make}
        disabled={password.length < MIN_PASSWORD || password !== again}
      />
    </form>
  );
}

/** Two files: exactly those that the command line keeps in `keystore/`. */
function Export({ ring }: { ring: KeyRing }) {
  const save = useCallback(async () => {
    saveFile(fileName(ring.account, "consent"), ring.consent);
    saveFile(fileName(ring.account, "sealing"), ring.sealing);
  }, [ring]);
  return <Act label="Export the locked keys" quiet run={save} />;
}

function Import({ identity, onDone }: { identity: Identity; onDone: () => void }) {
  const { become } = useSession();
  const [files, setFiles] = useState<readonly File[]>([]);
  const [password, setPassword] = useState("");
  const take = useCallback(async () => {
    const read = files.map(async (file) => ({ name: file.name, text: await file.text() }));
    const keys = await importRing(identity.account, await Promise.all(read), password);
    onDone();
    become({ ...identity, keys });
  }, [become, identity, files, password, onDone]);
  return (
    <details>
      <summary>Bring keys from another browser or the command line</summary>
      <Drop
        label="Key files"
        hint="Both: …consent.json and …sealing.json"
        accept=".json"
        several
        onFiles={setFiles}
      />
      {files.length > 0 && (
        <form onSubmit={(event) => event.preventDefault()}>
          <p>{files.map(({ name }) => name).join(", ")}</p>
          <Field
            label="Their password"
            type="password"
            autoComplete="current-password"
            value={password}
            onChange={setPassword}
          />
          <Act label="Import" run={take} disabled={password === ""} />
        </form>
      )}
    </details>
  );
}
