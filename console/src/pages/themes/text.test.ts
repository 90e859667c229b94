import { expect, it } from "vitest";

import { emptyTheme, idFault, logoOf, setMembers } from "./text";

it("begins with an id and a name, and comments on what else can be set", () => {
  const text = emptyTheme("acme", "Acme: the bank");
  expect(text).toContain("id: acme\n");
  expect(text).toContain('name: "Acme: the bank"\n');
  expect(text).toContain("# tokens:");
});

it("keeps comments and order where a member changes", () => {
  const text = "id: acme # ours\ntokens: {radius: 1rem}\nlogo: a.svg\n";
  expect(setMembers(text, { id: "copy", name: "Copy" })).toBe("id: copy # ours\ntokens: { radius: 1rem }\nlogo: a.svg\nname: Copy\n");
  expect(setMembers(text, { logo: undefined })).not.toContain("logo");
});

it("leaves alone what is no document", () => {
  expect(setMembers("- a", { id: "x" })).toBe("- a");
  expect(logoOf("- a")).toBeUndefined();
});

it("finds the image that a text names", () => {
  expect(logoOf("id: a\nlogo: a.svg\n")).toBe("a.svg");
  expect(logoOf("id: a\nlogo: {x: 1}\n")).toBeUndefined();
});

it("says what is wrong with an id", () => {
  expect(idFault("", [])).toBe("Give the theme an id.");
  expect(idFault("Acme", [])).toContain("small letters");
  expect(idFault("acme", ["acme"])).toContain("already");
  expect(idFault("acme", [])).toBeUndefined();
});
