import { describe, expect, it } from "vitest";

import { SHIPPED, shipped } from "../model/shipped.testing";
import { findChange } from "./change";
import { importText, MAX_BYTES } from "./exchange";
import { findStepLine, stepAtLine } from "./places";

describe("the text beside the drawing", () => {
  it.each([["abc", "abXc"], ["abc", "c"], ["", "x"], ["aaa", "aa"], ["abab", "ab"], ["x", ""], ["ab", "ba"]])(
    "%s becomes %s by the smallest change",
    (before, after) => {
      const { from, to, insert } = findChange(before, after)!;
      expect(before.slice(0, from) + insert + before.slice(to)).toBe(after);
      expect(insert.length + to - from).toBeLessThanOrEqual(before.length + after.length);
    },
  );

  it("changes nothing where nothing differs", () => {
    expect(findChange("a", "a")).toBeNull();
  });

  it("knows where every step of every shipped flow stands", () => {
    for (const text of SHIPPED.values()) {
      const lines = text.split("\n");
      for (const [, name] of text.matchAll(/^ {2}([a-z_]+):(?= |$)/gm)) {
        const line = findStepLine(text, name!);
        if (line === null) continue;
        expect(lines[line - 1]).toMatch(new RegExp(`^  ${name!}:`));
        expect(stepAtLine(text, line)).toBe(name);
      }
    }
    expect(stepAtLine(shipped("sign-in"), 1)).toBeNull();
    expect(findStepLine("steps: {", "a")).toBeNull();
  });
});

describe("an imported file", () => {
  it("is taken as it is", async () => {
    const text = "# ünd\nid: x\r\n";
    expect(await importText(new File([text], "x.yaml"))).toBe(text);
  });

  it("is refused in words when it is too large, or no text", async () => {
    await expect(importText(new File(["x".repeat(MAX_BYTES + 1)], "x"))).rejects.toThrow("larger");
    await expect(importText(new File([new Uint8Array([0xff, 0xfe, 0x80])], "x"))).rejects.toThrow("UTF-8");
  });
});
