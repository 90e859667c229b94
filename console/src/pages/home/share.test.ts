import { expect, it } from "vitest";

import { share } from "./share";

it.each([
  [0, 0, "–"],
  [3, 7, "3 of 7"],
  [150, 200, "75 %"],
])("says %d of %d as %s", (part, whole, words) => {
  expect(share(part, whole)).toBe(words);
});
