import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Outlet, ScrollRestoration, useLocation } from "react-router";

import { addressOf } from "../api/identity";
import { Problem } from "../api/problems";
import { me } from "../api/queries";
import { AskIdentity } from "./AskIdentity";
import { Navigation } from "./Navigation";

/** What is around every page: the way to the others, who is signed in, and the question who sits here. */
export function Shell() {
  const caller = useQuery({ ...me, retry: false });
  const { pathname, search } = useLocation();
  const problem = caller.error instanceof Problem ? caller.error : undefined;
  const away = caller.data === undefined && problem?.status === 401;

  useEffect(() => {
    if (!away) return;
    const demand = problem.kind === "step-up-required" ? "step-up" : "sign-in";
    location.assign(addressOf(demand, `/console${pathname}${search}`));
  }, [away, problem, pathname, search]);

  if (caller.data === undefined) {
    return (
      <main className="alone" aria-busy={problem === undefined || away}>
        {problem === undefined || away ? <p role="status">One moment …</p> : <Refused problem={problem} />}
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
      <ScrollRestoration />
    </div>
  );
}

function Refused({ problem }: { readonly problem: Problem }) {
  return (
    <>
      <h1>{problem.title}</h1>
      <p>{problem.message}</p>
      <p>
        <button type="button" className="button primary" onClick={() => location.reload()}>
          Try again
        </button>
      </p>
    </>
  );
}
