import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen, waitFor } from "@testing-library/react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Shell } from "./Shell";

const ME = { user: { id: "1", email: "o@example.com", name: "Olga" }, roles: ["owner"], permissions: [], production: true, issuer: "https://idp.example" };
const gone: string[] = [];
let answers: Response;

beforeEach(() => {
  gone.length = 0;
  vi.stubGlobal("fetch", () => Promise.resolve(answers.clone()));
  vi.spyOn(location, "assign").mockImplementation((address) => void gone.push(String(address)));
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function problem(status: number, kind: string): Response {
  const body = JSON.stringify({ type: `urn:idp:problem:${kind}`, title: kind, detail: `It is ${kind}.`, status });
  return new Response(body, { status, headers: { "Content-Type": "application/problem+json" } });
}

function open(at: string) {
  const router = createMemoryRouter([{ Component: Shell, children: [{ path: "*", element: <h1>The page</h1> }] }], { initialEntries: [at] });
  render(
    <QueryClientProvider client={new QueryClient()}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  return router;
}

describe("the console", () => {
  it("sends somebody who is not signed in to the provider, and says where to come back to", async () => {
    answers = problem(401, "unauthenticated");
    open("/flows?days=7");
    await waitFor(() => expect(gone).toHaveLength(1));
    const { pathname, searchParams } = new URL(gone[0]!, "https://idp.example");
    expect(pathname).toBe("/console/sign-in");
    expect(searchParams.get("return_to")).toBe("/console/flows?days=7&asked=sign-in");
  });

  it.each([
    ["step-up-required", "step-up", "the console still needs more"],
    ["unauthenticated", "sign-in", "the console still does not know you"],
  ])("sends nobody round in a circle who comes back and is answered %s again", async (kind, demand, words) => {
    answers = problem(401, kind);
    open(`/flows?asked=${demand}`);
    expect(await screen.findByRole("heading", { name: "We cannot let you in yet" })).toBeTruthy();
    expect(document.body.textContent).toContain(words);
    expect(screen.getByRole("link", { name: "Try again" }).getAttribute("href")).toContain(`/console/${demand}?`);
    expect(gone).toEqual([]);
  });

  it("asks for the other thing where that is what is missing now", async () => {
    answers = problem(401, "step-up-required");
    open("/flows?asked=sign-in");
    await waitFor(() => expect(gone).toHaveLength(1));
    expect(gone[0]).toContain("/console/step-up?");
  });

  it("tidies the address when somebody is in", async () => {
    answers = new Response(JSON.stringify(ME), { headers: { "Content-Type": "application/json" } });
    const router = open("/flows?days=7&asked=sign-in");
    expect(await screen.findByRole("heading", { name: "The page" })).toBeTruthy();
    await waitFor(() => expect(router.state.location.search).toBe("?days=7"));
    expect(gone).toEqual([]);
  });

  it("says why it refuses, and lets somebody sign out", async () => {
    answers = problem(403, "forbidden");
    open("/flows");
    expect(await screen.findByText("It is forbidden.")).toBeTruthy();
    expect(screen.getByRole("button", { name: "Sign out" })).toBeTruthy();
    expect(gone).toEqual([]);
  });
});
