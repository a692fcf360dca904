/** How far workers are with the erasure of a dataset, in words and as JSON. @module */
import type { Hex } from "../../protocol/bytes.ts";
import { moment } from "../sdk/units.ts";
import type { WorkerErasure } from "../sdk/withdraw.ts";
import { columns } from "./screen.ts";

export const lookAgain = (contract: Hex, dataset: Hex): string =>
  `cloister dataset withdraw ${dataset} --contract ${contract} --wait`;

export const isErased = (all: readonly WorkerErasure[]): boolean =>
  all.every(({ state }) => state === "erased");

/** `2 of 3 workers`. */
export const erasedBy = (all: readonly WorkerErasure[]): string =>
  `${all.filter(({ state }) => state === "erased").length} of ${all.length} workers`;

/** One line a worker, then what ends the waiting. */
export function erasureText(all: readonly WorkerErasure[]): string {
  const rows = all.map((one) => [one.endpoint ?? one.worker, one.state, reasonOf(one) ?? "signed"]);
  const proposed = all.flatMap(({ pins }) => pins).filter(({ state }) => state === "proposed");
  const vetoes = [...new Set(proposed.map(({ task }) => `cloister task veto ${task}`))];
  return [columns(["worker", "state", ""], rows), ...vetoes.map((veto) => `sooner: ${veto}`)].join(
    "\n",
  );
}

/** What `--json` prints of a worker. */
export function erasureJson(one: WorkerErasure): object {
  const { worker, endpoint, state, signature, pins, fault } = one;
  const reason = reasonOf(one);
  return { worker, endpoint, state, signature, pins, reason, fault: fault?.code };
}

/** Why it is not erased yet; undefined when it is. */
function reasonOf({ state, pins, fault }: WorkerErasure): string | undefined {
  if (state === "erased") return undefined;
  if (fault) return fault.message;
  if (state === "kept") return "has not seen the withdrawal confirmed yet";
  if (pins.length === 0) return "is being erased";
  const tasks = pins.map(
    (pin) => `${pin.task} (${pin.state}, until ${moment(pin.until)} at the latest)`,
  );
  return `keeps it for task ${tasks.join(", ")}`;
}
