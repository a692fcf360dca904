/** How others call you and name you in their terms. @module */
import { useCallback, useState } from "react";
import { allAbilities } from "../../../../protocol/schema.ts";
import { publicKeysOf } from "../../../sdk/keys.ts";
import { Act } from "../../parts/act.tsx";
import { Field } from "../../parts/field.tsx";
import { Shown } from "../../parts/shown.tsx";
import { plainName } from "../../parts/text.ts";
import { useLoad } from "../../state/load.ts";
import { useSession, type Identity } from "../../state/session.tsx";

export function CardPart({ identity }: { identity: Identity }) {
  const { client } = useSession();
  const { account, keys } = identity;
  const load = useCallback(async () => {
    const all = await client.party.list();
    return { name: all.find((party) => party.account === account)?.name };
  }, [client, account]);
  const known = useLoad(load, true);
  const card = keys && JSON.stringify({ account, ...publicKeysOf(keys), abilities: allAbilities });
  return (
    <>
      <h2>Your name and card</h2>
      <Shown of={known} what="your name">
        {({ name }) => (
          <p>{name ? <>Others see you as “{plainName(name)}”.</> : "You have no name yet."}</p>
        )}
      </Shown>
      <Rename />
      <p>Whoever writes terms with you needs this line. It holds no secret.</p>
      <pre data-testid="card" tabIndex={0} aria-label="Your card">
        {card}
      </pre>
    </>
  );
}

function Rename() {
  const { client } = useSession();
  const [name, setName] = useState("");
  const register = useCallback(() => client.party.register(name), [client, name]);
  return (
    <>
      <Field label="Name, for people" value={name} onChange={setName} hint="1 to 64 characters" />
      <Act label="Use this name" run={register} disabled={name === ""} />
    </>
  );
}
