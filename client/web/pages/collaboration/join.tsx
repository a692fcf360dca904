/** Joining: what exactly is signed, then the signature. @module */
import { useCallback } from "react";
import type { Hex } from "../../../../protocol/bytes.ts";
import type { Subject } from "../../../sdk/words.ts";
import { Act } from "../../parts/act.tsx";
import { Link } from "../../parts/link.tsx";
import { Until } from "../../parts/until.tsx";
import { useSession } from "../../state/session.tsx";

export function Join({ terms, known }: { terms: Hex; known: Subject }) {
  const { client, identity } = useSession();
  const join = useCallback(() => client.contract.join(terms), [client, terms]);
  return (
    <section aria-label="Join">
      <h2>Join</h2>
      <p>
        You are invited, until <Until time={known.status.joinBy} />. Joining verifies every worker
        again, seals a secret share to each, and signs all of the following with your consent key
        (EIP-712). It cannot be taken back; you can veto tasks and pause.
      </p>
      <details>
        <summary>Exactly what is signed</summary>
        <pre data-testid="signed" tabIndex={0} aria-label="What is signed">
          {JSON.stringify(known.terms, undefined, 2)}
        </pre>
      </details>
      {identity?.keys ? (
        <Act label="Join: sign these terms" run={join} />
      ) : (
        <p>
          Your keys are locked. <Link to={{ page: "you" }}>Unlock them first.</Link>
        </p>
      )}
    </section>
  );
}
