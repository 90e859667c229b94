import type { Metadata } from "./queries";

/** What most clients need, as the form shows it. Everything else stays in the metadata as it is. */
export type Basics = {
  readonly name: string;
  readonly redirects: string;
  readonly logouts: string;
  readonly scope: string;
  readonly method: string;
  readonly minimumAcr: string;
  readonly acrValues: string;
  readonly consent: string;
  readonly theme: string;
};

export const METHODS: Readonly<Record<string, string>> = {
  client_secret_basic: "A secret, in the Authorization header",
  client_secret_post: "A secret, in the form",
  private_key_jwt: "A key of its own (private_key_jwt)",
  none: "None: an app without a server, by PKCE alone",
};

export const NECESSITIES: Readonly<Record<string, string>> = {
  necessary: "Are necessary: without them there is no sign-in",
  voluntary: "Are a wish: it gets the level that was reached",
};

export const CONSENTS: Readonly<Record<string, string>> = {
  explicit: "People are asked",
  implicit: "Nobody is asked: it is one of ours",
};

const lines = (value: unknown) => (Array.isArray(value) ? value.join("\n") : "");
const text = (value: unknown, otherwise = "") => (typeof value === "string" ? value : otherwise);

export function readBasics(metadata: Metadata, policy: Metadata): Basics {
  return {
    name: text(metadata["client_name"]),
    redirects: lines(metadata["redirect_uris"]),
    logouts: lines(metadata["post_logout_redirect_uris"]),
    scope: text(metadata["scope"], "openid profile email"),
    method: text(metadata["token_endpoint_auth_method"], "client_secret_basic"),
    minimumAcr: text(policy["minimum_acr"]),
    acrValues: text(policy["acr_values"], "necessary"),
    consent: text(policy["consent"], "explicit"),
    theme: text(policy["theme"]),
  };
}

/** Put what the form says into the metadata; members that it does not show stay. */
export function writeBasics(metadata: Metadata, policy: Metadata, basics: Basics): Metadata {
  const split = (typed: string) => typed.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const logouts = split(basics.logouts);
  const others = Object.fromEntries(Object.entries(metadata).filter(([name]) => name !== "post_logout_redirect_uris"));
  return {
    ...others,
    client_name: basics.name.trim(),
    redirect_uris: split(basics.redirects),
    ...(logouts.length > 0 && { post_logout_redirect_uris: logouts }),
    scope: basics.scope.trim(),
    token_endpoint_auth_method: basics.method,
    // What is null is not said at all.
    idp_policy: Object.fromEntries(
      Object.entries({
        ...policy,
        minimum_acr: basics.minimumAcr === "" ? null : basics.minimumAcr,
        acr_values: basics.acrValues,
        consent: basics.consent,
        theme: basics.theme === "" ? null : basics.theme,
      }).filter(([, value]) => value !== null),
    ),
  };
}

/** A client as the form says it, for two versions of it side by side. */
export function sayClient(basics: Basics): Record<string, string> {
  return {
    Name: basics.name,
    "Redirect URIs": basics.redirects,
    "How it proves who it is": METHODS[basics.method] ?? basics.method,
    Scopes: basics.scope,
    "At least this level": basics.minimumAcr === "" ? "Any level" : basics.minimumAcr,
    "Levels that it asks for": NECESSITIES[basics.acrValues] ?? basics.acrValues,
    Consent: CONSENTS[basics.consent] ?? basics.consent,
    Theme: basics.theme === "" ? "The default" : basics.theme,
    "Sign-out URIs": basics.logouts,
  };
}
