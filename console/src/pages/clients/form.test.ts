import { expect, it } from "vitest";

import { readBasics, writeBasics } from "./form";

const METADATA = {
  client_name: "Bank",
  redirect_uris: ["https://bank.example/cb"],
  post_logout_redirect_uris: ["https://bank.example/"],
  scope: "openid",
  token_endpoint_auth_method: "none",
  jwks: { keys: [] },
};
const POLICY = { minimum_acr: null, acr_values: "voluntary", consent: "implicit", audience: "https://api.example" };

it("writes back what it has read, and keeps what it does not show", () => {
  expect(writeBasics(METADATA, POLICY, readBasics(METADATA, POLICY))).toEqual({
    ...METADATA,
    idp_policy: { acr_values: "voluntary", consent: "implicit", audience: "https://api.example" },
  });
});

it("begins a new client with what is safe", () => {
  expect(readBasics({}, {})).toMatchObject({ method: "client_secret_basic", acrValues: "necessary", consent: "explicit" });
});

it("reads one address a line, and leaves out what is empty", () => {
  const basics = { ...readBasics(METADATA, POLICY), redirects: " https://a.example/cb \n\nhttps://b.example/cb", logouts: "" };
  const written = writeBasics(METADATA, POLICY, basics);
  expect(written["redirect_uris"]).toEqual(["https://a.example/cb", "https://b.example/cb"]);
  expect("post_logout_redirect_uris" in written).toBe(false);
});
