import type { Client } from "./queries";

/** What a request to try asks for beside what the client is. */
export type Wish = { readonly acr: string; readonly fresh: boolean };

/** An authorization request of a client, as the query of the address; undefined where nobody could be sent back. */
export function requestOf(client: Pick<Client, "client_id" | "metadata">, { acr, fresh }: Wish): string | undefined {
  const redirects = client.metadata["redirect_uris"];
  const redirect: unknown = Array.isArray(redirects) ? redirects[0] : undefined;
  if (typeof redirect !== "string") return undefined;
  const scope = client.metadata["scope"];
  const request = {
    client_id: client.client_id,
    redirect_uri: redirect,
    response_type: "code",
    scope: typeof scope === "string" && scope.split(" ").includes("openid") ? scope : "openid",
    state: "console-look",
    nonce: "console-look",
    // A challenge that nobody has the verifier of: the code is worth nothing.
    code_challenge: "0".repeat(43),
    code_challenge_method: "S256",
    ...(fresh && { prompt: "login" }),
    ...(acr !== "" && { acr_values: acr }),
  };
  return new URLSearchParams(request).toString();
}
