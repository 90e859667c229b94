import { expect, it } from "vitest";

import { comparisonPath, readComparison } from "./comparison";

it("reads what a link to a comparison says", () => {
  const path = comparisonPath("step-up", 3, 12);
  expect(path).toBe("/flows/step-up?compare=3..12");
  expect(readComparison(new URLSearchParams(path.split("?")[1]).get("compare"))).toEqual({ from: "3", to: "12" });
});

it.each([null, "", "3", "3..", "a..b", "3..draft:main", "3..4..5", `${"9".repeat(10)}..1`])("reads nothing from %o", (text) => {
  expect(readComparison(text)).toBeNull();
});
