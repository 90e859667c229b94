import { describe, expect, it } from "vitest";

import type { Connection } from "./queries";
import { healthOf, usesOf } from "./words";

const NOTHING: Connection["other_uses"] = { running: [], drafts: [], unnamed: [] };
const says = (used_by: string[], other_uses: Partial<Connection["other_uses"]> = {}) =>
  usesOf({ used_by, other_uses: { ...NOTHING, ...other_uses } }).map(({ words, to }) => [words, to]);

describe("what uses a connection", () => {
  it("is told by name, with the way to it", () => {
    expect(says(["step-up"])).toEqual([["step-up", "/flows/step-up"]]);
    expect(says([], { running: [{ flow: "a b", version: 2, people: 1 }] })).toEqual([
      ["a b, version 2: 1 person under way", "/runs?flow=a+b&status=active"],
    ]);
    expect(
      says([], {
        drafts: [
          { flow: "a b", draft: "main" },
          { flow: "x", draft: "ci" },
        ],
      }),
    ).toEqual([
      ["A draft of a b", "/flows/a%20b"],
      ["A draft of x (ci)", "/flows/x"],
    ]);
  });

  it("is more than flows", () => {
    expect(says([], { unnamed: ["text_codes", "new_passwords"] })).toEqual([
      ["Codes to phones", undefined],
      ["New passwords on the account pages", undefined],
    ]);
    expect(says([])).toEqual([]);
  });
});

describe("how a connection does", () => {
  it("says that it is not known, and nothing about its use", () => {
    expect(healthOf({ health: { state: "unknown", breaker: null, last_day: [] } })).toEqual({ tone: "", words: "Not known yet" });
  });
});
