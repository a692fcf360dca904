/** A button that does something which takes time, and says how it went. @module */
import { useAction } from "../state/act.ts";
import { Problem } from "./problem.tsx";

interface ActProps {
  readonly label: string;
  readonly run: () => Promise<void>;
  readonly disabled?: boolean;
  /** For what cannot be undone or is not the main thing here. */
  readonly quiet?: boolean;
}

export function Act({ label, run, disabled = false, quiet = false }: ActProps) {
  const action = useAction(run);
  return (
    <div className="act">
      <button
        type="button"
        className={quiet ? "quiet" : "main"}
        disabled={disabled || action.busy}
        aria-busy={action.busy}
        onClick={action.run}
      >
        {label}
        {action.busy && <span aria-hidden="true"> …</span>}
      </button>
      <Problem error={action.error} />
    </div>
  );
}
