import { expect, it } from "vitest";

import { sayName, urgencyOf, verdictTone } from "./words";

it("lets a deadline stand out when it is soon, and more when it is near or past", () => {
  const now = new Date("2026-03-01T12:00:00Z");
  expect(urgencyOf(new Date("2026-03-03T12:00:00Z"), now)).toBe("");
  expect(urgencyOf(new Date("2026-03-02T11:00:00Z"), now)).toBe("warn");
  expect(urgencyOf(new Date("2026-03-01T13:00:00Z"), now)).toBe("bad");
  expect(urgencyOf(new Date("2026-03-01T11:00:00Z"), now)).toBe("bad");
});

it("says names as words, and a verdict with a tone", () => {
  expect(sayName("birth_date")).toBe("Birth date");
  expect([verdictTone("MANUAL_OK"), verdictTone("FAIL"), verdictTone("WARN")]).toEqual(["good", "bad", "warn"]);
});
