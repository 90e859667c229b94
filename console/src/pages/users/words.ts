/** What somebody proved, by the name that flows and levels have for it. */
const METHODS: Readonly<Record<string, string>> = {
  pwd: "Password",
  otp: "Authenticator code",
  email: "Code by e-mail",
  sms: "Code by text message",
  passkey: "Passkey",
  recovery_code: "Recovery code",
  recovery_link: "Recovery link",
  federated: "Another provider",
  federated_mfa: "Another provider, with two factors",
  identity: "Identity check",
  review: "Review by a person",
};

export function sayMethod(method: string): string {
  return METHODS[method] ?? method;
}

const KINDS: Readonly<Record<string, string>> = {
  password: "Password",
  totp: "Authenticator app",
  passkey: "Passkey",
  recovery_code: "Recovery code",
  phone: "Phone",
  upstream: "Another provider",
};

export function sayKind(kind: string): string {
  return KINDS[kind] ?? kind;
}
