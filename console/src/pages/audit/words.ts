import type { Chain } from "./checking";

/** Where the counting of entries without a seal ends. */
const COUNTED = 10_000;

const PLURALS: Readonly<Record<string, string>> = { entry: "entries", property: "properties" };

/** A number with its noun. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString()} ${number === 1 ? noun : (PLURALS[noun] ?? `${noun}s`)}`;
}

const AREAS: Readonly<Record<string, string>> = { head: "property", steps: "step", edges: "exit", texts: "text", embeds: "embedded flow" };

/** What a publication changed, in one line; empty where its entry does not say, or where only the drawing was moved. */
export function sayChanges(changes: unknown): string {
  const counts = (changes as { readonly counts?: Readonly<Record<string, unknown>> } | null | undefined)?.counts ?? {};
  const told = Object.entries(AREAS).flatMap(([area, noun]) => {
    const number = counts[area];
    return typeof number === "number" && number > 0 ? [count(number, noun)] : [];
  });
  return told.length === 0 ? "" : `${told.join(", ")} changed`;
}

/** How much of the trail is sealed, and what it means when much is not. */
export function sayStand({ seals, unsealed }: Pick<Chain, "seals" | "unsealed">): string {
  const waiting = unsealed >= COUNTED ? `${unsealed.toLocaleString()} entries or more wait` : `${count(unsealed, "entry")} ${unsealed === 1 ? "waits" : "wait"}`;
  if (seals === 0) return `Nothing yet. ${waiting} for the first seal; if that does not come within a minute, no worker runs.`;
  if (unsealed >= COUNTED) return `${count(seals, "seal")}. ${waiting} for the next: does a worker run?`;
  return unsealed === 0 ? `${count(seals, "seal")}, every entry is in one.` : `${count(seals, "seal")}. ${waiting} for the next.`;
}
