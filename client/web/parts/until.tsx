/** A deadline: when, and how far it is by the chain's clock. @module */
import { useHead } from "../state/head.tsx";
import { duration, moment } from "../../sdk/units.ts";

export function Until({ time }: { time: number }) {
  const head = useHead();
  const left = time - head.time;
  const words =
    head.time === 0 ? "" : left >= 0 ? `${duration(left)} left` : `over since ${duration(-left)}`;
  return (
    <time dateTime={moment(time)} title={`${moment(time)}, block time`}>
      {moment(time)} {words && <span className="soft">({words})</span>}
    </time>
  );
}
