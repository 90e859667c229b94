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
