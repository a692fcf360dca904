/** An amount of the vault's token, for people. @module */
import { useCallback } from "react";
import { formatUnits } from "ethers";
import { useLoad } from "../state/load.ts";
import { useSession } from "../state/session.tsx";

/** @param units smallest units */
export function Amount({ units }: { units: bigint }) {
  const { ctx } = useSession();
  const load = useCallback(async () => {
    const { token } = await ctx.contracts();
    const [decimals, symbol] = await Promise.all([token.decimals(), token.symbol()]);
    return { decimals: Number(decimals), symbol };
  }, [ctx]);
  const money = useLoad(load).value;
  if (!money) return <>{`${units} smallest units`}</>;
  return <>{`${formatUnits(units, money.decimals)} ${money.symbol}`}</>;
}
