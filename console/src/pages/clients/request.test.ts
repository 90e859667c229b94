import { expect, it } from "vitest";

import { requestOf } from "./request";

const BANK = { client_id: "bank", metadata: { redirect_uris: ["https://bank.example/cb"], scope: "openid profile" } };

it("asks as the client would, for a code that nobody can redeem", () => {
  const asked = new URLSearchParams(requestOf(BANK, { acr: "urn:idp:acr:idv", fresh: true }));
  expect(Object.fromEntries(asked)).toMatchObject({
    client_id: "bank",
    redirect_uri: "https://bank.example/cb",
    scope: "openid profile",
    acr_values: "urn:idp:acr:idv",
    prompt: "login",
    code_challenge: "0".repeat(43),
  });
});

it("leaves out what is not wished for", () => {
  const asked = new URLSearchParams(requestOf({ ...BANK, metadata: { redirect_uris: BANK.metadata.redirect_uris } }, { acr: "", fresh: false }));
  expect([asked.has("acr_values"), asked.has("prompt"), asked.get("scope")]).toEqual([false, false, "openid"]);
});

it("cannot ask for a client that sends nobody back", () => {
  expect(requestOf({ client_id: "machine", metadata: {} }, { acr: "", fresh: true })).toBeUndefined();
});
