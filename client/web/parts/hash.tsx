/** A hash, an address or a key: short to the eye, whole to a copy and to a screen reader's patience. @module */
import { useState } from "react";
import { short } from "./text.ts";

const COPIED_MS = 1500;

export function Hash({ value, what }: { value: string; what?: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard?.writeText(value);
    setCopied(true);
    setTimeout(() => setCopied(false), COPIED_MS);
  };
  return (
    <button
      type="button"
      className="hash"
      title={value}
      aria-label={`Copy ${what ?? "hash"} ${short(value)}`}
      data-value={value}
      onClick={() => void copy()}
    >
      {copied ? "copied" : short(value)}
    </button>
  );
}
