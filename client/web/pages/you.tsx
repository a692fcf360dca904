/** You: the account that pays, the keys that sign and open, the name others see, the money. @module */
import { Page } from "../parts/page.tsx";
import { useSession } from "../state/session.tsx";
import { AccountPart } from "./you/account.tsx";
import { CardPart } from "./you/card.tsx";
import { KeysPart } from "./you/keys.tsx";
import { MoneyPart } from "./you/money.tsx";

export function You() {
  const { identity } = useSession();
  return (
    <Page title="You">
      <AccountPart />
      {identity && <KeysPart key={identity.account} identity={identity} />}
      {identity?.keys && <CardPart key={`card/${identity.account}`} identity={identity} />}
      {identity && <MoneyPart key={`money/${identity.account}`} />}
    </Page>
  );
}
