import type { Chain } from "./checking";

/** Where the counting of entries without a seal ends. */
const COUNTED = 10_000;

const PLURALS: Readonly<Record<string, string>> = { entry: "entries" };

/** A number with its noun. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString()} ${number === 1 ? noun : (PLURALS[noun] ?? `${noun}s`)}`;
}

/** How much of the trail is sealed, and what it means when much is not. */
export function sayStand({ seals, unsealed }: Pick<Chain, "seals" | "unsealed">): string {
  const waiting = unsealed >= COUNTED ? `${unsealed.toLocaleString()} entries or more wait` : `${count(unsealed, "entry")} ${unsealed === 1 ? "waits" : "wait"}`;
  if (seals === 0) return `Nothing yet. ${waiting} for the first seal; if that does not come within a minute, no worker runs.`;
  if (unsealed >= COUNTED) return `${count(seals, "seal")}. ${waiting} for the next: does a worker run?`;
  return unsealed === 0 ? `${count(seals, "seal")}, every entry is in one.` : `${count(seals, "seal")}. ${waiting} for the next.`;
}
