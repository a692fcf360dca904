/** The vault's balance, from which fees are paid. @module */
import { useCallback, useState } from "react";
import { formatUnits } from "ethers";
import { amountFrom } from "../../../../protocol/amount.ts";
import { Act } from "../../parts/act.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Field } from "../../parts/field.tsx";
import { Shown } from "../../parts/shown.tsx";
import { useLoad } from "../../state/load.ts";
import { useSession } from "../../state/session.tsx";

export function MoneyPart() {
  const { client, ctx } = useSession();
  const load = useCallback(async () => {
    const { token } = await ctx.contracts();
    const account = await ctx.account();
    const [decimals, symbol, held, inVault] = await Promise.all([
      token.decimals(),
      token.symbol(),
      token.balanceOf(account),
      client.vault.balance(),
    ]);
    return { decimals: Number(decimals), symbol, held, inVault };
  }, [client, ctx]);
  const money = useLoad(load, true);
  return (
    <>
      <h2>Money for fees</h2>
      <Shown of={money} what="your balances">
        {({ decimals, symbol, held, inVault }) => (
          <>
            <Facts
              of={[
                ["In the vault", `${formatUnits(inVault, decimals)} ${symbol}`],
                ["In your account", `${formatUnits(held, decimals)} ${symbol}`],
              ]}
            />
            <Move decimals={decimals} symbol={symbol} />
          </>
        )}
      </Shown>
    </>
  );
}

function Move({ decimals, symbol }: { decimals: number; symbol: string }) {
  const { client } = useSession();
  const [text, setText] = useState("");
  const amount = useCallback(() => amountFrom(`${text}tok`, decimals), [text, decimals]);
  const deposit = useCallback(async () => client.vault.deposit(amount()), [client, amount]);
  const withdraw = useCallback(async () => client.vault.withdraw(amount()), [client, amount]);
  return (
    <>
      <Field label={`Amount in ${symbol}`} value={text} onChange={setText} />
      <div className="acts">
        <Act label="Put into the vault" run={deposit} disabled={text === ""} />
        <Act label="Take out" quiet run={withdraw} disabled={text === ""} />
      </div>
    </>
  );
}
