import { describe, expect, it } from "vitest";

import { type Literal, OPERATORS, parseRules, type Rule, writeRules } from "./rules";
import { readGraph } from "./graph";
import { SHIPPED } from "./shipped.testing";
import { readText } from "./text";

describe("rules", () => {
  it.each<[string, "all" | "any", Rule[]]>([
    ['a.b == "OK"', "all", [{ path: "a.b", operator: "==", values: ["OK"] }]],
    ['a in ["x", "y"] && b.c != true', "all", [
      { path: "a", operator: "in", values: ["x", "y"] },
      { path: "b.c", operator: "!=", values: [true] },
    ]],
    ['!(a in ["x"]) || n >= -1.5', "any", [
      { path: "a", operator: "not in", values: ["x"] },
      { path: "n", operator: ">=", values: [-1.5] },
    ]],
    ['user.email.endsWith("@bank.example")', "all", [{ path: "user.email", operator: "endsWith", values: ["@bank.example"] }]],
    ["(a == null)", "all", [{ path: "a", operator: "==", values: [null] }]],
    ['run.values["has-dash"].x == "say \\"hi\\" \\\\"', "all", [
      { path: 'run.values["has-dash"].x', operator: "==", values: ['say "hi" \\'] },
    ]],
    ["", "all", []],
  ])("%s", (source, join, rules) => {
    expect(parseRules(source)).toEqual({ join, rules });
  });

  it.each([
    "a", "!a", "a == b", "a == 1 && b == 2 || c == 3", "size(a) > 2", 'a.matches("x")', "a ? b : c", "has(a.b)", "a == ",
    "&& a == 1", "a == 1 &&", "1 == a", 'a in b', "a in []", "a == 'x'", "a == 1u", "a + 1 == 2", "true == a", 'a["b"', "a == 1.2.3",
    '!(a == 1)', 'a.contains(1)', "a == \"x\ny\"", "a == 1 b == 2",
  ])("leave %s as text", (source) => {
    expect(parseRules(source)).toBeNull();
  });

  it("express every condition of the shipped flows, and write it as it was", () => {
    for (const text of SHIPPED.values()) {
      for (const step of readGraph(readText(text).doc).steps.values()) {
        for (const one of step.cases) expect(writeRules(parseRules(one.when)!)).toBe(one.when);
      }
    }
  });

  it("come back from text as they were written, whatever the values", () => {
    const literals: Literal[] = ["", "a", '"', "\\", "\\n", "\n", "\t", "]", " && ", "ü", 0, -7, 2.5, true, false, null];
    for (const operator of OPERATORS) {
      for (const value of literals) {
        if (["contains", "startsWith", "endsWith"].includes(operator) && typeof value !== "string") continue;
        const values = operator.endsWith("in") ? [value, "x"] : [value];
        for (const join of ["all", "any"] as const) {
          const rule = { path: "a.b_c", operator, values };
          const rules = { join, rules: [rule, rule] };
          expect(parseRules(writeRules(rules))).toEqual(rules);
        }
      }
    }
  });
});
