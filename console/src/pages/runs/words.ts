import type { Tone } from "../../parts/Chip";

const STATUSES: Readonly<Record<string, { tone: Tone; words: string }>> = {
  active: { tone: "warn", words: "Under way" },
  complete: { tone: "good", words: "Complete" },
  denied: { tone: "bad", words: "Denied" },
  error: { tone: "bad", words: "Error" },
  expired: { tone: "", words: "Expired" },
  ended: { tone: "", words: "Ended" },
};

export function statusOf(status: string): { tone: Tone; words: string } {
  return STATUSES[status] ?? { tone: "", words: status };
}

export const STATUS_NAMES = Object.keys(STATUSES);

/** Why a run ended, as words: `identity_not_proved` becomes "Identity not proved". */
export function sayReason(reason: string): string {
  const words = reason.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The reason that somebody means who types what they read. */
export function readReason(typed: string): string {
  return typed.trim().toLowerCase().replace(/\s+/g, "_");
}
