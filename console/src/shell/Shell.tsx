import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Outlet, ScrollRestoration, useLocation, useNavigate } from "react-router";

import type { Demand } from "../api/identity";
import { Problem } from "../api/problems";
import { me } from "../api/queries";
import { useTitle } from "../parts/Page";
import { UnsavedGuard } from "../parts/UnsavedGuard";
import { AskIdentity } from "./AskIdentity";
import { demandOf, entranceOf, wasAsked, withoutAsked } from "./entrance";
import { Navigation } from "./Navigation";

/** What is around every page: the way to the others, who is signed in, and the question who sits here. */
export function Shell() {
  const caller = useQuery({ ...me, retry: false });
  const { pathname, search, hash } = useLocation();
  const navigate = useNavigate();
  const problem = caller.error instanceof Problem ? caller.error : undefined;
  const demand = caller.data === undefined && problem?.status === 401 ? demandOf(problem) : undefined;
  const stuck = demand !== undefined && wasAsked(search, demand);

  useEffect(() => {
    if (demand !== undefined && !stuck) location.assign(entranceOf(demand, pathname, search));
  }, [demand, stuck, pathname, search]);

  const inside = caller.data !== undefined;
  useEffect(() => {
    const rest = withoutAsked(search);
    if (inside && rest !== undefined) void navigate({ pathname, search: rest, hash }, { replace: true });
  }, [inside, navigate, pathname, search, hash]);

  if (caller.data === undefined) {
    if (stuck) return <Stuck demand={demand} entrance={entranceOf(demand, pathname, search)} />;
    const waiting = problem === undefined || demand !== undefined;
    return (
      <main className="alone" aria-busy={waiting}>
        {waiting ? <p role="status">One moment …</p> : <Refused problem={problem} />}
      </main>
    );
  }
  return (
    <div className="shell">
      <a className="skip" href="#content">
        Skip to the page
      </a>
      <Navigation me={caller.data} />
      <div className="content" id="content" tabIndex={-1}>
        <Outlet />
      </div>
      <AskIdentity />
      <UnsavedGuard />
      <ScrollRestoration />
    </div>
  );
}

const STUCK = {
  "sign-in": "You signed in, and the console still does not know you. This browser may refuse its cookie: allow cookies for this address and try again.",
  "step-up":
    "You confirmed who you are, and the console still needs more. It takes a sign-in with a second factor: set up an authenticator or a passkey on your account page, or ask an owner for help.",
} as const satisfies Record<Demand, string>;

/** Somebody came back from the provider's pages, and it was not enough. Nobody is sent round in a circle. */
function Stuck({ demand, entrance }: { readonly demand: Demand; readonly entrance: string }) {
  const title = "We cannot let you in yet";
  useTitle(title);
  return (
    <main className="alone">
      <h1>{title}</h1>
      <p>{STUCK[demand]}</p>
      <div className="actions">
        <a className="button primary" href={entrance}>
          Try again
        </a>
        <a className="button" href="/account">
          Open your account
        </a>
        <form method="post" action="/console/sign-out">
          <button type="submit" className="button">
            Sign out
          </button>
        </form>
      </div>
    </main>
  );
}

function Refused({ problem }: { readonly problem: Problem }) {
  useTitle(problem.title);
  return (
    <>
      <h1>{problem.title}</h1>
      <p>{problem.message}</p>
      <div className="actions">
        <button type="button" className="button primary" onClick={() => location.reload()}>
          Try again
        </button>
        <form method="post" action="/console/sign-out">
          <button type="submit" className="button">
            Sign out
          </button>
        </form>
      </div>
    </>
  );
}
