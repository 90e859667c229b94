import { lazy, Suspense, useEffect, useSyncExternalStore } from "react";
import { useBlocker } from "react-router";

import { everything } from "./unsaved";

// Dialogs are large, and most visits never see this one.
const LeaveDialog = lazy(async () => ({ default: (await import("./LeaveDialog")).LeaveDialog }));

/** Nobody leaves a page by accident while something on it is typed and not saved: to another page, or to elsewhere. */
export function UnsavedGuard() {
  const unsaved = useSyncExternalStore(everything.subscribe, everything.any);
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => everything.any() && currentLocation.pathname !== nextLocation.pathname,
  );

  useEffect(() => {
    if (!unsaved) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [unsaved]);

  if (blocker.state !== "blocked") return null;
  return (
    <Suspense fallback={null}>
      <LeaveDialog onStay={() => blocker.reset()} onLeave={() => blocker.proceed()} />
    </Suspense>
  );
}
