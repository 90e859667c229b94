import { describe, expect, it } from "vitest";

import { compareLines, readUnified } from "./lines";

describe("two texts beside each other", () => {
  it("differ by what was added, removed and changed, with a little around it", () => {
    const before = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"];
    const after = ["1", "2", "3", "4", "5", "6", "seven", "8", "9", "10", "11", "12"];
    expect(compareLines(before.join("\n"), after.join("\n")).map((line) => line.sign + line.text)).toEqual([
      " 4", " 5", " 6", "-7", "+seven", " 8", " 9", " 10", " 11", "+12",
    ]);
  });

  it("say nothing where nothing differs", () => {
    expect(compareLines("a\nb", "a\nb")).toEqual([]);
  });

  it("can both be made again from what is shown", () => {
    const before = "a\nb\nc\na\nb\nb\na";
    const after = "c\nb\na\nb\na\nc";
    const lines = compareLines(before, after);
    expect(lines.filter((line) => line.sign !== "+").map((line) => line.text).join("\n")).toBe(before);
    expect(lines.filter((line) => line.sign !== "-").map((line) => line.text).join("\n")).toBe(after);
  });

  it("are told in one block where they have nothing in common and are long", () => {
    const long = (word: string) => Array.from({ length: 3000 }, (_, index) => `${word} ${index}`).join("\n");
    expect(compareLines(long("a"), long("b"))).toHaveLength(6000);
  });

  it("are read from a unified diff", () => {
    expect(readUnified("--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n z\n").map((line) => line.sign)).toEqual(["@", "-", "+", " "]);
  });
});
