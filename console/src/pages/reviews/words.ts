import type { Tone } from "../../parts/Chip";

/** How claim and document agree, as a tone and words. */
const AGREEMENTS: Readonly<Record<string, { tone: Tone; words: string }>> = {
  same: { tone: "good", words: "The same" },
  different: { tone: "bad", words: "Different" },
  unclear: { tone: "warn", words: "Not clear" },
};

export function agreementOf(agreement: string): { tone: Tone; words: string } {
  return AGREEMENTS[agreement] ?? { tone: "", words: agreement };
}

/** Whose document it is. */
const OWNERS: Readonly<Record<string, { tone: Tone; words: string }>> = {
  match: { tone: "good", words: "The account’s owner" },
  mismatch: { tone: "bad", words: "Somebody else" },
  unknown: { tone: "warn", words: "Not known" },
  enrolling: { tone: "warn", words: "First check" },
};

export function ownerOf(owner: string): { tone: Tone; words: string } {
  return OWNERS[owner] ?? { tone: "", words: owner };
}

const STATES: Readonly<Record<string, { tone: Tone; words: string }>> = {
  open: { tone: "warn", words: "Open" },
  approved: { tone: "good", words: "Approved" },
  rejected: { tone: "bad", words: "Rejected" },
  expired: { tone: "", words: "Expired" },
};

export function stateOf(state: string): { tone: Tone; words: string } {
  return STATES[state] ?? { tone: "", words: state };
}

/** The verdict of a vendor on a part of a check. */
export function verdictTone(status: string): Tone {
  if (status === "OK" || status === "MANUAL_OK") return "good";
  return status === "FAIL" || status === "MANUAL_FAIL" ? "bad" : "warn";
}

/** How much a deadline presses: less than a day is soon, less than two hours is late. */
export function urgencyOf(deadline: Date, now: Date): Tone {
  const hours = (deadline.getTime() - now.getTime()) / 3_600_000;
  if (hours < 2) return "bad";
  return hours < 24 ? "warn" : "";
}

/** `birth_date` as words. */
export function sayName(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
