/** Stops when the app suddenly speaks of other contracts than it did the last time: that is how one would be led astray. @module */
import { useState, type ReactNode } from "react";
import { Contracts, recall, remember } from "./memory.ts";
import type { Place } from "./place.ts";

export function PlaceGuard({ place, children }: { place: Place; children: ReactNode }) {
  const { chainId, contracts } = place.deployment;
  const name = `contracts/${chainId}`;
  const [before, setBefore] = useState(() => {
    const known = recall(name, Contracts);
    if (known === undefined) remember(name, contracts);
    return known ?? contracts;
  });
  if (before === contracts) return children;
  const accept = () => {
    remember(name, contracts);
    setBefore(contracts);
  };
  return (
    <main id="main">
      <h1>Other contracts than last time</h1>
      <p role="alert">
        On chain {chainId} this app used the contracts at <code>{before}</code> so far. The file it
        was served with now names <code>{contracts}</code>. Ask whoever runs the collaboration, by
        another way than this page, which is right. Nothing is signed or sealed before you decide.
      </p>
      <div className="act">
        <button type="button" className="quiet" onClick={accept}>
          I have asked: use {contracts.slice(0, 10)}…
        </button>
      </div>
    </main>
  );
}
