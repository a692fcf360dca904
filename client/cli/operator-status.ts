/** What the worker program says of its home (`worker status --home`), in words for its operator. @module */
import { formatEther, formatUnits } from "ethers";
import { Type, type Static } from "typebox";
import { Due, Expiry } from "../../protocol/api.ts";
import { AddressHex, Bytes32, parseShape } from "../../protocol/schema.ts";
import { duration, moment } from "../sdk/units.ts";
import { facts } from "./screen.ts";

const Digits = Type.String({ pattern: "^[0-9]{1,30}$" });

/** What is read here of `worker/main.ts status`; amounts are smallest units. */
const OperatorStatus = Type.Object({
  running: Type.Boolean(),
  draining: Type.Boolean(),
  operator: AddressHex,
  worker: Type.Optional(Bytes32),
  endpoint: Type.String(),
  evidence: Type.Optional(Expiry),
  protection: Type.Optional(Type.String()),
  due: Type.Array(Due),
  money: Type.Object({
    vault: Digits,
    gas: Digits,
    stake: Digits,
    lockedUntil: Type.Integer(),
    decimals: Type.Integer({ minimum: 0, maximum: 255 }),
  }),
  advice: Type.Array(Type.String()),
});
type OperatorStatus = Static<typeof OperatorStatus>;

/** @throws ProtocolError SHAPE_INVALID */
export function operatorStatusText(answer: unknown): string {
  const status = parseShape(OperatorStatus, answer, "answer of worker status");
  const { operator, worker, endpoint, evidence, protection, due, money, advice } = status;
  const tokens = (amount: string) => `${round(formatUnits(amount, money.decimals))} tokens`;
  const locked = money.lockedUntil > 0 ? `, locked until ${moment(money.lockedUntil)}` : "";
  const left = evidence && duration(Math.abs(evidence.secondsLeft));
  const shown = {
    worker: worker ?? "has no keys yet",
    endpoint,
    state: stateOf(status),
    protection,
    evidence:
      evidence &&
      `until ${moment(evidence.validUntil)} (${left}${evidence.secondsLeft < 0 ? " ago" : ""})`,
    stake: `${tokens(money.stake)}${locked}`,
    "in the vault": tokens(money.vault),
    gas: `${round(formatEther(money.gas))} coins of ${operator}`,
    due: due.length === 0 ? "nothing" : `${due.length} task(s)`,
  };
  const tasks = due.map(({ task, what, by }) => `  ${task}: ${what} by ${moment(by)}, block time`);
  return [facts(shown), ...tasks, ...advice.map((line) => `Next: ${line}`)].join("\n");
}

function stateOf({ running, draining }: OperatorStatus): string {
  if (!running) return draining ? "stopped, drained" : "stopped";
  return draining ? "running, takes no new task" : "running";
}

/** `9.9994`, `30`. */
const round = (decimal: string): string =>
  decimal.replace(/(\.\d{4})\d+$/, "$1").replace(/\.0+$/, "");
