import { expect, it } from "vitest";

import { faultsAt, faultsOfColour } from "./faults";

const FAULTS = [
  "name: must be text of at most 60 characters",
  "tokens.accent: accent on raised has a contrast of 1.64 in light, and 4.5 is needed",
  "tokens.accent-soft.dark: must be a colour such as #0f5f6e",
  "line 3: this is no YAML",
];

it("finds what is wrong at a place, and in which colours", () => {
  const text = "accent on raised has a contrast of 1.64 in light, and 4.5 is needed";
  expect(faultsAt(FAULTS, "tokens.accent")).toEqual([{ text, side: "light" }]);
  expect(faultsAt(FAULTS, "name")).toEqual([{ text: "must be text of at most 60 characters", side: undefined }]);
});

it("finds what is wrong inside a place, and not at one whose name begins alike", () => {
  expect(faultsAt(FAULTS, "tokens.accent-soft")).toEqual([{ text: "dark must be a colour such as #0f5f6e", side: "dark" }]);
  expect(faultsAt(FAULTS, "tokens.accent").map((one) => one.side)).toEqual(["light"]);
  expect(faultsAt(FAULTS, "tokens.ink")).toEqual([]);
});

it("tells a contrast at both of its colours", () => {
  const raised = "tokens.raised: ink on raised has a contrast of 1.20 in dark, and 4.5 is needed";
  expect(faultsOfColour([...FAULTS, raised], "raised")).toEqual([
    { text: "ink on raised has a contrast of 1.20 in dark, and 4.5 is needed", side: "dark" },
    { text: "accent on raised has a contrast of 1.64 in light, and 4.5 is needed", side: "light" },
  ]);
  expect(faultsOfColour(FAULTS, "accent")).toHaveLength(1);
  expect(faultsOfColour(FAULTS, "raise")).toEqual([]);
});
