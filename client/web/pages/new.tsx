/** A new collaboration: program, members, policy, committee, a preview in plain words, then the invitation. @module */
import { useCallback } from "react";
import { allEvents } from "../../sdk/lists.ts";
import { parseManifest } from "../../../protocol/manifest.ts";
import { Link } from "../parts/link.tsx";
import { Page } from "../parts/page.tsx";
import { Shown } from "../parts/shown.tsx";
import { useLoad } from "../state/load.ts";
import { useSession, type Session } from "../state/session.tsx";
import { NewForm, type Offer } from "./new/form.tsx";

export function New() {
  const { client, ctx, identity } = useSession();
  const offer = useLoad(useCallback(() => offerOf(client, ctx), [client, ctx]));
  return (
    <Page title="New collaboration">
      {identity?.keys ? (
        <Shown of={offer} what="programs and workers">
          {(value) => <NewForm offer={value} />}
        </Shown>
      ) : (
        <p>
          <Link to={{ page: "you" }}>Choose an account and unlock your keys</Link> first.
        </p>
      )}
    </Page>
  );
}

/** Published programs whose manifest a worker gives, and the registered workers. */
async function offerOf(client: Session["client"], ctx: Session["ctx"]): Promise<Offer> {
  const [published, workers] = await Promise.all([
    allEvents(ctx, "programRegistry", "ProgramPublished"),
    client.worker.list(),
  ]);
  const endpoints = workers.map(({ endpoint }) => endpoint);
  const programs = await Promise.all(
    published.map(async ({ args: { program } }) => {
      const files = await client.program.get(program, endpoints).catch(() => undefined);
      return files ? [{ program, manifest: parseManifest(files.manifest) }] : [];
    }),
  );
  return { programs: programs.flat(), workers };
}
