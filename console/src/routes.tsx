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
          page("connectors/new/:type", async () => ({ Component: (await import("./pages/connectors/ConnectionPage")).NewConnectionPage })),
          page("connectors/:name", async () => ({ Component: (await import("./pages/connectors/ConnectionPage")).ConnectionPage })),
          page("flows", async () => ({ Component: (await import("./pages/flows/FlowsPage")).FlowsPage })),
          page("reviews", async () => ({ Component: (await import("./pages/reviews/ReviewsPage")).ReviewsPage })),
          page("reviews/:id", async () => ({ Component: (await import("./pages/reviews/ReviewPage")).ReviewPage })),
          page("users", async () => ({ Component: (await import("./pages/users/UsersPage")).UsersPage })),
          page("users/:id", async () => ({ Component: (await import("./pages/users/UserPage")).UserPage })),
          page("operators", async () => ({ Component: (await import("./pages/users/UsersPage")).OperatorsPage })),
          page("clients", async () => ({ Component: (await import("./pages/clients/ClientsPage")).ClientsPage })),
          page("clients/new", async () => ({ Component: (await import("./pages/clients/ClientsPage")).NewClientPage })),
          page("clients/:id", async () => ({ Component: (await import("./pages/clients/ClientPage")).ClientPage })),
          page("sessions", async () => ({ Component: (await import("./pages/sessions/SessionsPage")).SessionsPage })),
          page("runs", async () => ({ Component: (await import("./pages/runs/RunsPage")).RunsPage })),
          page("runs/:id", async () => ({ Component: (await import("./pages/runs/RunPage")).RunPage })),
          page("keys", async () => ({ Component: (await import("./pages/keys/KeysPage")).KeysPage })),
          page("levels", async () => ({ Component: (await import("./pages/levels/LevelsPage")).LevelsPage })),
          page("themes", async () => ({ Component: (await import("./pages/themes/ThemesPage")).ThemesPage })),
          page("themes/:id", async () => ({ Component: (await import("./pages/themes/ThemePage")).ThemePage })),
          page("audit", async () => ({ Component: (await import("./pages/audit/AuditPage")).AuditPage })),
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
