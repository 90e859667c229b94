import { describe, expect, it } from "vitest";

import { copySteps, pasteSteps, readFragment } from "./clipboard";
import { deleteSteps, moveSteps, renameStep } from "./edits";
import { readGraph } from "./graph";
import { removeGroup, renameGroup, setColor, setGroup, setGroupColor } from "./looks";
import { editText, type FlowDocument, readText } from "./text";

const TEXT = `id: x
start: a
steps:
  a: {screen: message, on: {continue: b}}
  b: {end: complete}
  c: {end: denied}
layout:
  a: [0, 0]
`;

function edit(text: string, ...changes: ((doc: FlowDocument) => void)[]): string {
  return changes.reduce(editText, text);
}

const graphOf = (text: string) => readGraph(readText(text).doc);

describe("colours", () => {
  it("stand with the position, and stay when the step is moved", () => {
    const blue = edit(TEXT, (doc) => setColor(doc, new Map([["a", { x: 0, y: 0 }], ["b", { x: 240, y: 8 }]]), "blue"));
    expect(blue).toBe(TEXT.replace("  a: [0, 0]\n", "  a: [0, 0, blue]\n  b: [240, 8, blue]\n"));
    const moved = edit(blue, (doc) => moveSteps(doc, new Map([["a", { x: 16, y: 32 }]])));
    expect(moved).toContain("  a: [16, 32, blue]\n");
    expect([...graphOf(moved).colors]).toEqual([["a", "blue"], ["b", "blue"]]);
    expect(graphOf(moved).layout.get("a")).toEqual({ x: 16, y: 32 });
  });

  it("go without a trace, and are no others than the drawing has", () => {
    const place = new Map([["a", { x: 0, y: 0 }]]);
    expect(edit(TEXT, (doc) => setColor(doc, place, "red"), (doc) => setColor(doc, place, null))).toBe(TEXT);
    expect(graphOf(TEXT.replace("[0, 0]", "[0, 0, pink]")).colors.size).toBe(0);
  });

  it("go with copied steps into another flow", () => {
    const blue = edit(TEXT, (doc) => setColor(doc, new Map([["b", { x: 0, y: 0 }]]), "violet"));
    const fragment = readFragment(JSON.stringify(copySteps(readText(blue).doc, ["b"])));
    const other = edit("id: y\nsteps: {}\n", (doc) => void pasteSteps(doc, fragment!));
    expect(graphOf(other).colors.get("b")).toBe("violet");
  });
});

describe("groups", () => {
  const grouped = edit(TEXT, (doc) => setGroup(doc, ["a", "b"], "The check"));

  it("stand below the layout, apart from what the flow does", () => {
    expect(grouped).toBe(`${TEXT}groups:\n  The check: {steps: [a, b]}\n`);
    expect(graphOf(grouped).groups).toEqual([{ title: "The check", color: null, steps: ["a", "b"] }]);
  });

  it("have a colour and a name that can be changed", () => {
    const teal = edit(grouped, (doc) => setGroupColor(doc, "The check", "teal"), (doc) => renameGroup(doc, "The check", "Identity"));
    expect(teal).toContain("  Identity: {steps: [a, b], color: teal}\n");
    expect(edit(teal, (doc) => setGroupColor(doc, "Identity", null), (doc) => renameGroup(doc, "Identity", "The check"))).toBe(grouped);
  });

  it("have each step once: one that comes into another group leaves its own, and an empty group goes", () => {
    const other = edit(grouped, (doc) => setGroup(doc, ["b", "c"], "Ends"));
    expect(other).toContain("groups:\n  The check: {steps: [a]}\n  Ends: {steps: [b, c]}\n");
    expect(graphOf(edit(other, (doc) => setGroup(doc, ["a", "c"], "Ends"))).groups).toEqual([{ title: "Ends", color: null, steps: ["b", "c", "a"] }]);
    expect(edit(grouped, (doc) => setGroup(doc, ["a", "b"], ""))).toBe(TEXT);
  });

  it("follow their steps through renaming and deleting", () => {
    expect(edit(grouped, (doc) => renameStep(doc, "a", "hello"))).toContain("{steps: [hello, b]}");
    expect(edit(grouped, (doc) => deleteSteps(doc, ["b"]))).toContain("The check: {steps: [a]}");
    expect(edit(grouped, (doc) => deleteSteps(doc, ["a", "b"]))).not.toContain("groups");
  });

  it("do not take another group's name, and are dissolved without a step lost", () => {
    const two = edit(grouped, (doc) => setGroup(doc, ["c"], "Ends"));
    expect(edit(two, (doc) => renameGroup(doc, "Ends", "The check"))).toBe(two);
    expect(edit(two, (doc) => removeGroup(doc, "Ends"), (doc) => removeGroup(doc, "The check"))).toBe(TEXT);
  });
});
