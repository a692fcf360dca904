/** All workers. @module */
import { Page } from "../parts/page.tsx";
import { WorkerTable } from "./worker-table.tsx";

export function Workers() {
  return (
    <Page title="Workers">
      <p>
        The chain lists who offers to compute. The list is a directory, not a seal of approval: what
        counts is the evidence, which this page checks for itself before anything is sealed.
      </p>
      <WorkerTable />
    </Page>
  );
}
