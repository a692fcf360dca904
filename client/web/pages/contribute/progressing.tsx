/** How far it is, how fast, and a way to stop for a while. @module */
import { size } from "../../../sdk/units.ts";
import { count } from "../../parts/text.ts";

/** Bytes read while sealing, ciphertext bytes while uploading. */
export interface Stage {
  readonly name: "sealing" | "uploading";
  readonly done: number;
  readonly of: number;
  readonly rows: number;
  /** `performance.now()` of its start. */
  readonly started: number;
}

interface ProgressingProps {
  readonly stage: Stage;
  readonly paused: boolean;
  readonly onPause: (yes: boolean) => void;
}

export function Progressing({ stage, paused, onPause }: ProgressingProps) {
  const { name, done, of, rows, started } = stage;
  const rate = (1000 * done) / Math.max(1, performance.now() - started);
  const what = name === "sealing" ? "Sealing" : "Uploading ciphertext";
  return (
    <div role="status" aria-label={what}>
      <label>
        {what}: {count(rows)} rows, {size(done)} of {size(of)}
        {!paused && `, ${size(rate)}/s`}
        {paused && ", paused"}
        <progress max={Math.max(1, of)} value={done} />
      </label>
      <button type="button" className="quiet" onClick={() => onPause(!paused)}>
        {paused ? "Go on" : "Pause"}
      </button>
      {name === "uploading" && (
        <p className="soft">
          You may reload or close this page: what is sealed is kept, and the upload goes on from
          here.
        </p>
      )}
    </div>
  );
}
