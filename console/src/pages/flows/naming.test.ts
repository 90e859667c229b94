import { expect, it } from "vitest";

import { emptyFlow, idFault, idFromTitle, readHead, rename } from "./naming";

it.each([
  ["Prove who you are", "prove-who-you-are"],
  ["  Élan & 2 factors!  ", "e-lan-2-factors"],
  ["2 factors", "factors"],
  ["!!!", ""],
])("makes an id of %s", (title, id) => {
  expect(idFromTitle(title)).toBe(id);
});

it.each(["", "Step-Up", "step_up", "-step", "step--up", "2fa", "a".repeat(65), "taken"])("finds fault with %s", (id) => {
  expect(idFault(id, ["taken"])).toBeTypeOf("string");
});

it("accepts a plain id", () => {
  expect(idFault("step-up-2fa", ["taken"])).toBeUndefined();
});

it("renames and keeps comments", () => {
  const renamed = rename("# What it is for.\nid: old\ntitle: Old\nsteps: {}\n", "new", "New");
  expect(renamed).toContain("# What it is for.");
  expect(readHead(renamed)).toEqual({ id: "new", title: "New" });
});

it("reads no head out of what is no document", () => {
  expect(readHead("just words")).toBeUndefined();
  expect(readHead("a: [")).toBeUndefined();
});

it("makes an empty flow that says what it is", () => {
  expect(readHead(emptyFlow("prove", 'Prove: "who"', "step_up"))).toEqual({ id: "prove", title: 'Prove: "who"' });
});
