/** The app: the deployment is read, then one page is shown under the banners that every page has. @module */
import { Component, useCallback, useEffect, useState, type ReactNode } from "react";
import { Problem } from "./parts/problem.tsx";
import { Layout } from "./layout.tsx";
import { pageOf } from "./pages/index.tsx";
import { useRoute } from "./route.ts";
import { HeadProvider } from "./state/head.tsx";
import { loadPlace, type Place } from "./state/place.ts";
import { PlaceGuard } from "./state/place-guard.tsx";
import { SessionProvider } from "./state/session.tsx";

export function App() {
  const [place, setPlace] = useState<Place>();
  const [error, setError] = useState<unknown>();
  useEffect(() => void loadPlace().then(setPlace, setError), []);
  if (!isSecureContext)
    return (
      <Stop>
        This page was not loaded over https (or from this machine), so the browser gives it no
        cryptography, and nothing can be sealed. Open it over https.
      </Stop>
    );
  if (error !== undefined)
    return (
      <Stop>
        <Problem error={error} />
      </Stop>
    );
  if (!place) return <Stop>Reading where the contracts are …</Stop>;
  return (
    <PlaceGuard place={place}>
      <SessionProvider place={place}>
        <HeadProvider>
          <Layout>
            <CurrentPage />
          </Layout>
        </HeadProvider>
      </SessionProvider>
    </PlaceGuard>
  );
}

function Stop({ children }: { children: ReactNode }) {
  return (
    <main id="main">
      <h1>Cloister</h1>
      <div>{children}</div>
    </main>
  );
}

function CurrentPage() {
  const route = useRoute();
  const name = JSON.stringify(route);
  const page = useCallback(() => pageOf(route), [name]);
  return <Fence key={name}>{page()}</Fence>;
}

/** A fault of the app itself stays on its page, and says nothing of what was on it. */
class Fence extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return <Stop>This page failed. Nothing was sent. Reload, or go to another page.</Stop>;
  }
}
