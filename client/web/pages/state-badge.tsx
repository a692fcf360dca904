/** The state of a task. @module */
import type { TaskState } from "../../../protocol/schema.ts";
import { Badge, type Tone } from "../parts/badge.tsx";

const tones: Readonly<Record<TaskState, Tone>> = {
  none: "plain",
  proposed: "wait",
  sealed: "wait",
  finalized: "good",
  failed: "bad",
  cancelled: "plain",
  expired: "bad",
};

export const StateBadge = ({ state }: { state: TaskState }) => (
  <Badge tone={tones[state]}>{state}</Badge>
);
