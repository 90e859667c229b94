import { addressOf, type Demand } from "../api/identity";
import type { Problem } from "../api/problems";

/** What stands in the address of a page that somebody comes back to from the provider's own pages: what was asked there. */
const ASKED = "asked";

/** What the provider is to ask before the page can be shown. */
export function demandOf(problem: Problem): Demand {
  return problem.kind === "step-up-required" ? "step-up" : "sign-in";
}

/** Whether the provider was asked for this already, so that asking once more would go on for ever. */
export function wasAsked(search: string, demand: Demand): boolean {
  return new URLSearchParams(search).get(ASKED) === demand;
}

/** Where the provider asks, and from where somebody comes back to the same page. */
export function entranceOf(demand: Demand, pathname: string, search: string): string {
  const back = new URLSearchParams(search);
  back.set(ASKED, demand);
  return addressOf(demand, `/console${pathname}?${back.toString()}`);
}

/** The rest of an address once somebody is in, or undefined where there is nothing to take away. */
export function withoutAsked(search: string): string | undefined {
  const rest = new URLSearchParams(search);
  if (!rest.has(ASKED)) return undefined;
  rest.delete(ASKED);
  return rest.size === 0 ? "" : `?${rest.toString()}`;
}
