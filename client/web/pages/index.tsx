/** Which page an address means. Pages load when they are asked for. @module */
import { lazy, Suspense, type ReactNode } from "react";
import { Link } from "../parts/link.tsx";
import { Page } from "../parts/page.tsx";
import type { Route } from "../route.ts";
import { Home } from "./home.tsx";

const You = lazy(async () => ({ default: (await import("./you.tsx")).You }));
const Collaboration = lazy(async () => ({
  default: (await import("./collaboration.tsx")).Collaboration,
}));
const Contribute = lazy(async () => ({ default: (await import("./contribute.tsx")).Contribute }));
const Ask = lazy(async () => ({ default: (await import("./ask.tsx")).Ask }));
const Task = lazy(async () => ({ default: (await import("./task.tsx")).Task }));
const Result = lazy(async () => ({ default: (await import("./result.tsx")).Result }));
const Audit = lazy(async () => ({ default: (await import("./audit.tsx")).Audit }));
const Audits = lazy(async () => ({ default: (await import("./audits.tsx")).Audits }));
const Workers = lazy(async () => ({ default: (await import("./workers.tsx")).Workers }));
const Worker = lazy(async () => ({ default: (await import("./worker.tsx")).Worker }));
const New = lazy(async () => ({ default: (await import("./new.tsx")).New }));

export function pageOf(route: Route): ReactNode {
  return <Suspense fallback={<Page title="…">{null}</Page>}>{contentOf(route)}</Suspense>;
}

function contentOf(route: Route): ReactNode {
  switch (route.page) {
    case "home":
      return <Home />;
    case "you":
      return <You />;
    case "new":
      return <New />;
    case "audits":
      return <Audits />;
    case "workers":
      return <Workers />;
    case "worker":
      return <Worker worker={route.worker} />;
    case "contract":
      return <Collaboration terms={route.terms} />;
    case "contribute":
      return <Contribute terms={route.terms} />;
    case "ask":
      return <Ask terms={route.terms} />;
    case "task":
      return <Task task={route.task} />;
    case "result":
      return <Result task={route.task} />;
    case "audit":
      return <Audit task={route.task} />;
    case "missing":
    default:
      return (
        <Page title="No such page">
          <p>
            This address names nothing here. <Link to={{ page: "home" }}>Home</Link>
          </p>
        </Page>
      );
  }
}
