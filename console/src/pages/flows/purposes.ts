/** What flows are for, in words. */
export const PURPOSES: Readonly<Record<string, string>> = {
  sign_in: "Sign-in",
  sign_up: "Sign-up",
  step_up: "Step-up",
  recovery: "Recovery",
};
