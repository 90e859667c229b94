import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { MemoryRouter } from "react-router";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Problem } from "../../api/problems";
import { queries } from "../../api/queries";
import { ChainCheck } from "./ChainCheck";
import { goOn, MOST_FINDINGS, START, type Walk, walkChain } from "./checking";
import type { Entry } from "./entry";
import { FlowLink } from "./FlowLink";
import { count, sayChanges, sayStand } from "./words";

const HEAD = `3:${"A".repeat(43)}`;

function part(through: number, next: string | null, findings: object[] = []) {
  return { seals: 1, entries: 500, erased: 0, findings, more_findings: false, through, chain_seals: 3, chain_head: HEAD, next } as Parameters<typeof goOn>[1];
}

function finding(entry: number) {
  return { kind: "entry_changed", seal: 2, first_entry: String(entry), last_entry: String(entry), count: 1, text: `Entry ${entry} is changed after it was sealed.` };
}

describe("walking along the chain", () => {
  it("goes from part to part, asks for the head once, and adds up", async () => {
    const asked: object[] = [];
    const parts = [part(1, "a"), part(2, "b", [finding(7)]), part(3, null)];
    const told: Walk[] = [];
    const read = (query: object) => {
      asked.push(query);
      return Promise.resolve(parts[asked.length - 1]!);
    };
    await walkChain(START, HEAD, (walk) => told.push(walk), () => false, read);
    expect(asked).toEqual([{ head: HEAD }, { cursor: "a" }, { cursor: "b" }]);
    expect(told.map((walk) => walk.through)).toEqual([1, 2, 3]);
    expect(told.at(-1)).toMatchObject({ seals: 3, entries: 1500, of: 3, head: HEAD, next: null, findings: [finding(7)] });
  });

  it("goes on from where it broke off", async () => {
    const asked: object[] = [];
    await walkChain(goOn(START, part(1, "a")), HEAD, () => undefined, () => false, (query) => {
      asked.push(query);
      return Promise.resolve(part(3, null));
    });
    expect(asked).toEqual([{ cursor: "a" }]);
  });

  it("stops when it is told to, and tells nothing after that", async () => {
    let stopped = false;
    const told: Walk[] = [];
    await walkChain(START, "", (walk) => told.push(walk), () => stopped, () => {
      stopped = told.length === 1;
      return Promise.resolve(part(told.length + 1, "more"));
    });
    expect(told).toHaveLength(1);
  });

  it("waits where it comes to the limit of requests, and asks for the same part again", async () => {
    const asked: object[] = [];
    const told: Walk[] = [];
    let rests = 0;
    const read = (query: object) => {
      asked.push(query);
      if (asked.length < 3) return Promise.reject(new Problem(429, { type: "urn:idp:problem:rate-limited" }));
      return Promise.resolve(part(3, null));
    };
    await walkChain(START, "", (walk) => told.push(walk), () => false, read, () => Promise.resolve(void (rests += 1)));
    expect(asked).toEqual([{}, {}, {}]);
    expect(rests).toBe(2);
    expect(told).toHaveLength(1);
  });

  it("keeps a number of findings that can be read", () => {
    const many = Array.from({ length: MOST_FINDINGS + 1 }, (_, entry) => finding(entry));
    expect(goOn(START, part(1, null, many))).toMatchObject({ more: true });
    expect(goOn(START, part(1, null, many)).findings).toHaveLength(MOST_FINDINGS);
  });
});

it.each([
  [{ seals: 0, unsealed: 1 }, "Nothing yet. 1 entry waits for the first seal; if that does not come within a minute, no worker runs."],
  [{ seals: 1, unsealed: 0 }, "1 seal, every entry is in one."],
  [{ seals: 1234, unsealed: 3 }, `${(1234).toLocaleString()} seals. 3 entries wait for the next.`],
  [{ seals: 2, unsealed: 10_000 }, `2 seals. ${(10_000).toLocaleString()} entries or more wait for the next: does a worker run?`],
])("says of %o: %s", (stand, words) => {
  expect(sayStand(stand)).toBe(words);
});

it("counts with the right noun", () => {
  expect([count(1, "entry"), count(2, "entry"), count(2, "seal")]).toEqual(["1 entry", "2 entries", "2 seals"]);
});

describe("an entry about a flow", () => {
  afterEach(cleanup);

  function show(action: string, data: Entry["data"]) {
    const entry = { action, data } as Entry;
    render(
      <MemoryRouter>
        <FlowLink entry={entry} />
      </MemoryRouter>,
    );
  }

  it("leads to what the version differs in from the one before, and says how much that is", () => {
    show("flow.publish", { flow: "step-up", version: 4, before: 3, changes: { counts: { head: 1, steps: 2, layout: 9 }, list: [], more: 0 } });
    expect(screen.getByRole("link", { name: "step-up: version 3 to 4" }).getAttribute("href")).toBe("/flows/step-up?compare=3..4");
    expect(screen.getByText("1 property, 2 steps changed")).toBeTruthy();
  });

  it("leads to the flow where there was none before", () => {
    show("flow.publish", { flow: "step-up", version: 1, before: null, changes: null });
    expect(screen.getByRole("link", { name: "step-up: version 1" }).getAttribute("href")).toBe("/flows/step-up");
  });

  it("says nothing of other things", () => {
    show("connector.call", { flow: "step-up" });
    expect(screen.queryByRole("link")).toBeNull();
  });
});

it.each([null, undefined, "x", {}, { counts: { layout: 3, steps: "2" } }])("says nothing of changes that are %o", (changes) => {
  expect(sayChanges(changes)).toBe("");
});

describe("the check on the page", () => {
  const chain = { seals: 3, head: HEAD, sealed_at: "2026-11-26T08:00:00Z", unsealed: 2, last_check: null };
  let replies: Record<string, (query: URLSearchParams) => [number, object]>;
  let waiting: (() => void)[];

  beforeEach(() => {
    waiting = [];
    replies = { "/chain": () => [200, chain], "/check": () => [200, part(3, null)] };
    vi.stubGlobal("fetch", async (request: Request) => {
      const url = new URL(request.url);
      const [status, body] = replies[url.pathname.slice(url.pathname.lastIndexOf("/"))]!(url.searchParams);
      if (url.searchParams.get("cursor") === "held") await new Promise<void>((resolve) => waiting.push(resolve));
      const type = status === 200 ? "application/json" : "application/problem+json";
      return new Response(JSON.stringify(body), { status, headers: { "Content-Type": type } });
    });
  });
  afterEach(() => {
    cleanup();
    queries.clear();
    vi.unstubAllGlobals();
  });

  function show() {
    render(
      <QueryClientProvider client={queries}>
        <MemoryRouter>
          <ChainCheck />
        </MemoryRouter>
      </QueryClientProvider>,
    );
    return userEvent.setup();
  }

  it("says that all is good, and gives the head to keep", async () => {
    const person = show();
    await person.click(await screen.findByRole("button", { name: "Check the chain" }));
    expect(await screen.findByText("All good")).toBeTruthy();
    expect(screen.getByText(HEAD)).toBeTruthy();
    expect(screen.getByText(/500 entries in 1 seal are as sealed/)).toBeTruthy();
    expect(screen.getByRole("button", { name: "Check again" })).toBeTruthy();
  });

  it("says what is wrong and what to do", async () => {
    replies["/check"] = () => [200, part(3, null, [finding(7)])];
    const person = show();
    await person.click(await screen.findByRole("button", { name: "Check the chain" }));
    expect(await screen.findByText(/Entry 7 is changed after it was sealed\./)).toBeTruthy();
    expect(screen.getByText(/What to do: change nothing in this database/)).toBeTruthy();
    expect(screen.queryByText("All good")).toBeNull();
  });

  it("shows how far it is, can be stopped, and goes on", async () => {
    replies["/check"] = (query) => (query.has("cursor") ? [200, part(3, null)] : [200, part(1, "held")]);
    const person = show();
    await person.click(await screen.findByRole("button", { name: "Check the chain" }));
    expect(await screen.findByText("Checked 1 of 3 seals …")).toBeTruthy();
    expect(screen.getByRole("progressbar").getAttribute("value")).toBe("1");
    await person.click(screen.getByRole("button", { name: "Stop" }));
    expect(screen.getByText("Stopped after 1 seal. Nothing was wrong so far.")).toBeTruthy();
    await person.click(screen.getByRole("button", { name: "Go on with the check" }));
    waiting.forEach((go) => go());
    expect(await screen.findByText("All good")).toBeTruthy();
    expect(screen.getByText(/1,000 entries in 2 seals/)).toBeTruthy();
  });

  it("tells what stopped it, and goes on from there", async () => {
    replies["/check"] = (query) => (query.has("cursor") ? [503, { title: "The service is busy", detail: "Try again." }] : [200, part(1, "a")]);
    const person = show();
    await person.click(await screen.findByRole("button", { name: "Check the chain" }));
    expect((await screen.findByRole("alert")).textContent).toContain("The service is busy");
    replies["/check"] = () => [200, part(3, null)];
    await person.click(screen.getByRole("button", { name: "Go on with the check" }));
    expect(await screen.findByText("All good")).toBeTruthy();
  });

  it("sends along the head that was kept", async () => {
    const asked: (string | null)[] = [];
    replies["/check"] = (query) => (asked.push(query.get("head")), [200, part(3, null)]);
    const person = show();
    await screen.findByRole("button", { name: "Check the chain" });
    await person.click(screen.getByText("Compare with a head that you kept"));
    await person.type(screen.getByLabelText("Head"), ` ${HEAD}`);
    await person.click(screen.getByRole("button", { name: "Check the chain" }));
    await screen.findByText("All good");
    expect(asked).toEqual([HEAD]);
  });

  it("has nothing to check before the first seal", async () => {
    replies["/chain"] = () => [200, { ...chain, seals: 0, head: null, sealed_at: null }];
    show();
    expect(await screen.findByText(/Nothing yet\. 2 entries wait/)).toBeTruthy();
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Check the chain" }).disabled).toBe(true);
  });

  it("says what the worker found", async () => {
    const last = { began_at: chain.sealed_at, finished_at: chain.sealed_at, seals: 3, entries: 9, erased: 0, findings: 2, first_finding: "Entry 6 is missing, though it was sealed." };
    replies["/chain"] = () => [200, { ...chain, last_check: last }];
    show();
    expect(await screen.findByText("2 things wrong,")).toBeTruthy();
    expect(screen.getByText(/Entry 6 is missing, though it was sealed\./)).toBeTruthy();
  });
});
