/**
 * Confirming who sits here, without losing what is on the screen.
 *
 * A request may be answered with "sign in again" or "confirm it is you" at any time. It then waits: the shell asks the
 * person, the provider's own pages open in a window of their own, and when they are done the request is sent once more.
 * Nothing that was typed is thrown away, and no form needs to know.
 */

export type Demand = "sign-in" | "step-up";
type Asker = (demand: Demand) => Promise<boolean>;

/** Where the window of its own goes, and what it says when it is done. */
export const CHANNEL = "idp-console-identity";
export const DONE_PATH = "/console/confirmed";

let asker: Asker | undefined;
let pending: Promise<boolean> | undefined;

/** Say who asks the person. Returns the way to take that back. */
export function setAsker(next: Asker): () => void {
  asker = next;
  return () => {
    if (asker === next) asker = undefined;
  };
}

/** Ask the person to confirm who they are: true when they did. Requests that ask at the same time share one question. */
export function confirmIdentity(demand: Demand): Promise<boolean> {
  if (asker === undefined) return Promise.resolve(false);
  pending ??= asker(demand).finally(() => (pending = undefined));
  return pending;
}

/** The provider's page for a demand. It returns to a small page that says so to this one and closes. */
export function addressOf(demand: Demand, returnTo: string = DONE_PATH): string {
  return `/console/${demand}?${new URLSearchParams({ return_to: returnTo }).toString()}`;
}
