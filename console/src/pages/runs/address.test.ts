import { describe, expect, it } from "vitest";

import { readWanted, runsPath } from "./address";
import { readReason, sayReason } from "./words";

describe("the address of runs", () => {
  it("says which are asked for, and is read as it was written", () => {
    const wanted = { flow: "step-up", purpose: "step_up", status: "denied", reason: "identity_refused", step: "a b&c", user: "u1" } as const;
    expect(readWanted(new URLSearchParams(runsPath(wanted).split("?")[1]))).toEqual(wanted);
  });

  it("asks for nothing that the API would refuse", () => {
    expect(readWanted(new URLSearchParams("status=lost&purpose=fun&cursor=9&flow=&reason=deadline"))).toEqual({ reason: "deadline" });
  });
});

describe("a reason", () => {
  it("is found by the words that it is shown in, and by its name", () => {
    for (const reason of ["identity_not_proved", "deadline", "too-many_tries"]) {
      expect(readReason(sayReason(reason))).toBe(reason);
      expect(readReason(` ${reason} `)).toBe(reason);
    }
    expect(readReason("  ")).toBe("");
  });
});
