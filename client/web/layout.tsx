/** What is around every page: where one is, who one is, and what the protection is worth. @module */
import { useCallback, useEffect, useRef, type ReactNode } from "react";
import { Hash } from "./parts/hash.tsx";
import { Link } from "./parts/link.tsx";
import { messageOf } from "./parts/problem.tsx";
import { short } from "./parts/text.ts";
import { connectOnlyTo } from "./state/guard.ts";
import { useHead } from "./state/head.tsx";
import { useLoad } from "./state/load.ts";
import { useSession } from "./state/session.tsx";

export function Layout({ children }: { children: ReactNode }) {
  return (
    <>
      <a className="skip" href="#main" onClick={toMain}>
        To the content
      </a>
      <header>
        <nav aria-label="Pages">
          <Link to={{ page: "home" }}>
            <strong>Cloister</strong>
          </Link>
          <Link to={{ page: "new" }}>New</Link>
          <Link to={{ page: "audits" }}>Audit</Link>
          <Link to={{ page: "workers" }}>Workers</Link>
          <You />
        </nav>
        <Network />
        <Protection />
      </header>
      {children}
    </>
  );
}

/** The address behind `#` is a page here: jumping must not change it. */
function toMain(event: { preventDefault(): void }): void {
  event.preventDefault();
  document.querySelector<HTMLElement>("#main h1")?.focus();
}

function You() {
  const { identity } = useSession();
  const who = identity ? short(identity.account) : "You";
  const locked = identity && !identity.keys ? " (locked)" : "";
  return (
    <Link to={{ page: "you" }}>
      {who}
      {locked}
    </Link>
  );
}

function Network() {
  const { place } = useSession();
  const { block, fault } = useHead();
  const { chainId, contracts } = place.deployment;
  return (
    <div className="network">
      <span>
        chain {chainId}
        {chainId === 31337 && " (a local test chain)"}
      </span>{" "}
      <span>block {block}</span> <Hash value={contracts} what="address of the contracts" />
      {fault && (
        <p className="problem" role="alert">
          <strong>{fault.code}</strong> {messageOf(fault)} What is below may be old.
        </p>
      )}
    </div>
  );
}

/** One sentence, on every page, while any worker is simulated. */
function Protection() {
  const { reader, place } = useSession();
  const workers = useLoad(useCallback(() => reader.worker.list(), [reader]));
  const guarded = useRef(false);
  useEffect(() => {
    if (guarded.current || !workers.value) return;
    guarded.current = true;
    connectOnlyTo([place.rpc, ...workers.value.map(({ endpoint }) => endpoint)]);
  }, [workers.value, place.rpc]);
  // Room from the start: what is below must not move under somebody's finger.
  if (!workers.value && workers.error === undefined)
    return <p className="banner">Reading how well inputs are protected here …</p>;
  const simulated = workers.value?.filter(({ protection }) => protection !== "hardware") ?? [];
  if (simulated.length === 0) return null;
  return (
    <p className="banner" role="note">
      <strong>SIMULATED:</strong> {simulated.length} of {workers.value?.length} workers here have no
      protecting hardware, so whoever operates one can read every row that is sealed to it.
    </p>
  );
}
