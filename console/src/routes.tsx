import { createBrowserRouter, type RouteObject } from "react-router";

import { Confirmed } from "./shell/Confirmed";
import { NotFound } from "./shell/NotFound";
import { PageFailure } from "./shell/PageFailure";
import { Shell } from "./shell/Shell";

/** A page that is fetched when it is first opened. */
function page(path: string | undefined, load: () => Promise<{ Component: React.ComponentType }>): RouteObject {
  return { ...(path === undefined ? { index: true } : { path }), lazy: load, HydrateFallback: () => null };
}

export const routes: RouteObject[] = [
  { path: "confirmed", Component: Confirmed },
  {
    Component: Shell,
    ErrorBoundary: PageFailure,
    children: [
      {
        ErrorBoundary: PageFailure,
        children: [
          page(undefined, async () => ({ Component: (await import("./pages/home/HomePage")).HomePage })),
          page("connectors", async () => ({ Component: (await import("./pages/connectors/ConnectorsPage")).ConnectorsPage })),
          page("connectors/new/:type", async () => ({
            Component: (await import("./pages/connectors/ConnectionPage")).NewConnectionPage,
          })),
          page("connectors/:name", async () => ({
            Component: (await import("./pages/connectors/ConnectionPage")).ConnectionPage,
          })),
          page("flows", async () => ({ Component: (await import("./pages/flows/FlowsPage")).FlowsPage })),
          page("flows/:id", async () => ({ Component: (await import("./builder/FlowPage")).FlowPage })),
          { path: "*", Component: NotFound },
        ],
      },
    ],
  },
];

export function makeRouter() {
  return createBrowserRouter(routes, { basename: "/console" });
}
