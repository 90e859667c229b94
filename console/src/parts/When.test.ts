import { expect, it } from "vitest";

import { sayWhen } from "./When";

const NOW = new Date("2026-11-26T12:00:00Z");

it.each([
  ["2026-11-26T11:59:40Z", "just now"],
  ["2026-11-26T11:30:00Z", "30 minutes ago"],
  ["2026-11-26T14:00:00Z", "in 2 hours"],
  ["2026-11-25T12:00:00Z", "yesterday"],
  ["2026-09-20T12:00:00Z", "2 months ago"],
])("says %s as %s", (at, words) => {
  expect(sayWhen(new Date(at), NOW)).toBe(words);
});
