import { expect, it } from "vitest";

import { sayDuration } from "./duration";

it.each([
  [0.25, "0.3 seconds"],
  [1, "1 second"],
  [59, "59 seconds"],
  [60, "1 minute"],
  [5400, "1.5 hours"],
  [86_400, "1 day"],
  [1_209_600, "14 days"],
])("says %d seconds as %s", (seconds, words) => {
  expect(sayDuration(seconds)).toBe(words);
});
