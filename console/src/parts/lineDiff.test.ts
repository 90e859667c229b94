import { expect, it } from "vitest";

import { diffLines, foldDiff } from "./lineDiff";

const show = (from: string, to: string) => diffLines(from, to).map(({ kind, text }) => `${{ same: " ", gone: "-", new: "+" }[kind]}${text}`);

it("finds the lines that went, came and stayed", () => {
  expect(show("a\nb\nc\nd\n", "a\nc\nx\nd\n")).toEqual([" a", "-b", " c", "+x", " d"]);
  expect(show("a\n", "a\nb\n")).toEqual([" a", "+b"]);
  expect(show("", "a\n")).toEqual(["+a"]);
  expect(show("a", "")).toEqual(["-a"]);
  expect(show("a\na\nb", "a\nb\nb")).toEqual([" a", "-a", "+b", " b"]);
});

it("gives both texts back from the difference of any two", () => {
  const lines = (seed: number) => Array.from({ length: 40 }, (_, index) => String((index * seed) % 7));
  for (const [one, other] of [[2, 3], [5, 4], [1, 6]] as const) {
    const [from, to] = [lines(one).join("\n"), lines(other).join("\n")];
    const found = diffLines(from, to);
    expect(found.filter(({ kind }) => kind !== "new").map(({ text }) => text).join("\n")).toBe(from);
    expect(found.filter(({ kind }) => kind !== "gone").map(({ text }) => text).join("\n")).toBe(to);
  }
});

it("takes a very long document for changed as a whole", () => {
  const [from, to] = ["a", "b"].map((letter) => Array.from({ length: 2100 }, (_, index) => `${letter}${index}`).join("\n"));
  expect(diffLines(from!, to!)).toHaveLength(4200);
});

it("leaves out what is far from any change", () => {
  const from = Array.from({ length: 12 }, (_, index) => `line ${index}`).join("\n");
  const folded = foldDiff(diffLines(from, from.replace("line 6", "other")), 1);
  expect(folded).toEqual([
    { kind: "skipped", count: 5 },
    { kind: "same", text: "line 5" },
    { kind: "gone", text: "line 6" },
    { kind: "new", text: "other" },
    { kind: "same", text: "line 7" },
    { kind: "skipped", count: 4 },
  ]);
});
