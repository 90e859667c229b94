import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { MemoryRouter } from "react-router";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { me, queries } from "../../api/queries";
import { type Invitation, sayInviter } from "./invitations";
import { UsersPage } from "./UsersPage";

const ANN: Invitation = {
  id: "1",
  email: "ann@example.com",
  invited_by: "operator:olga@example.com",
  state: "open",
  sent_at: "2026-11-26T08:00:00Z",
  until: "2026-12-03T08:00:00Z",
  ended_at: null,
};
let invitations: Invitation[];
let sent: { path: string; body: unknown }[];
let refuse: ((path: string) => object | undefined) | undefined;

beforeEach(() => {
  invitations = [ANN];
  sent = [];
  refuse = undefined;
  vi.stubGlobal("fetch", async (request: Request) => {
    const url = new URL(request.url);
    const path = url.pathname.replace("/admin/api/v1", "");
    if (request.method === "POST") {
      sent.push({ path, body: await request.json() });
      const problem = refuse?.(path);
      if (problem) return new Response(JSON.stringify(problem), { status: 409, headers: { "Content-Type": "application/problem+json" } });
      if (path.endsWith("/revoke")) invitations = [{ ...ANN, state: "revoked", ended_at: "2026-11-26T09:00:00Z" }];
    }
    const all = url.searchParams.get("state") === "all";
    const items = path === "/invitations" ? invitations.filter((one) => all || one.state === "open") : [];
    return new Response(JSON.stringify({ items, next: null, until: ANN.until }), { headers: { "Content-Type": "application/json" } });
  });
});
afterEach(() => {
  cleanup();
  queries.clear();
  vi.unstubAllGlobals();
});

async function open(permissions: string[] = ["users:read", "users:write"]) {
  queries.setQueryData(me.queryKey, { permissions } as never);
  const person = userEvent.setup();
  render(
    <QueryClientProvider client={queries}>
      <MemoryRouter>
        <UsersPage />
      </MemoryRouter>
    </QueryClientProvider>,
  );
  await person.click(screen.getByRole("tab", { name: "Invitations" }));
  return person;
}

it("takes an open invitation back, with a reason", async () => {
  const person = await open();
  expect(await screen.findByText("Waits for an answer")).toBeTruthy();
  await person.click(screen.getByRole("button", { name: "Revoke the invitation of ann@example.com" }));
  const dialog = within(screen.getByRole("dialog"));
  await person.click(dialog.getByRole("button", { name: "Revoke it" }));
  expect(dialog.getByText(/Say why/)).toBeTruthy();
  await person.type(dialog.getByLabelText("Reason"), "Wrong address");
  await person.click(dialog.getByRole("button", { name: "Revoke it" }));
  expect(await screen.findByText("No invitation waits")).toBeTruthy();
  expect(sent).toEqual([{ path: "/invitations/1/revoke", body: { reason: "Wrong address" } }]);
  await person.click(screen.getByRole("checkbox"));
  expect(await screen.findByText("Revoked")).toBeTruthy();
  expect(screen.queryByRole("button", { name: /Revoke the invitation/ })).toBeNull();
});

it("says that it was too late, and shows what became of it", async () => {
  refuse = () => {
    invitations = [{ ...ANN, state: "accepted" }];
    return { type: "urn:idp:problem:conflict", title: "It is not as you saw it", detail: "This invitation is accepted already, so there is nothing to revoke." };
  };
  const person = await open();
  await person.click(await screen.findByRole("button", { name: "Revoke the invitation of ann@example.com" }));
  await person.type(screen.getByLabelText("Reason"), "Wrong address");
  await person.click(screen.getByRole("button", { name: "Revoke it" }));
  expect((await screen.findByRole("alert")).textContent).toContain("accepted already");
});

it("shows invitations to who may only read, and offers nothing", async () => {
  await open(["users:read"]);
  expect(await screen.findByText("ann@example.com")).toBeTruthy();
  expect(screen.queryByRole("button", { name: /Revoke/ })).toBeNull();
  expect(screen.queryByRole("button", { name: "Invite somebody" })).toBeNull();
});

it("invites somebody in their language, and asks for an address that can be one", async () => {
  const person = await open();
  await person.click(screen.getByRole("button", { name: "Invite somebody" }));
  await person.type(screen.getByLabelText("E-mail address"), "dan");
  await person.click(screen.getByRole("button", { name: "Send the invitation" }));
  expect(screen.getByText("Give an e-mail address, as name@example.com.")).toBeTruthy();
  expect(sent).toEqual([]);
  await person.type(screen.getByLabelText("E-mail address"), "@example.com");
  await person.selectOptions(screen.getByLabelText("Language of the mail"), "German");
  await person.click(screen.getByRole("button", { name: "Send the invitation" }));
  expect(await screen.findByText("An invitation is on its way to dan@example.com.")).toBeTruthy();
  expect(sent).toEqual([{ path: "/invitations", body: { email: "dan@example.com", locale: "de" } }]);
});

it("keeps what was typed where the address has an account", async () => {
  refuse = () => ({ type: "urn:idp:problem:conflict", title: "Conflict", detail: "That address has an account already." });
  const person = await open();
  await person.click(screen.getByRole("button", { name: "Invite somebody" }));
  await person.type(screen.getByLabelText("E-mail address"), "sam@example.com");
  await person.click(screen.getByRole("button", { name: "Send the invitation" }));
  expect((await screen.findByRole("alert")).textContent).toContain("has an account already");
  expect(screen.getByLabelText<HTMLInputElement>("E-mail address").value).toBe("sam@example.com");
});

it.each([
  [null, "somebody"],
  ["operator:olga@example.com", "olga@example.com"],
  ["operator", "operator"],
])("says of %o: %s", (by, words) => {
  expect(sayInviter(by)).toBe(words);
});
