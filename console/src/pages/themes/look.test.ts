import { expect, it } from "vitest";

import { readLook, say, shadeOf, sixDigits } from "./look";

const USUAL = { light: "#111111", dark: "#eeeeee" };

function look(text: string) {
  const read = readLook(text);
  if ("fault" in read) throw new Error(read.fault);
  return read.look;
}

function fault(text: string) {
  const read = readLook(text);
  return "fault" in read ? read.fault : undefined;
}

it("reads what a theme sets, and takes the rest from the default look", () => {
  const found = look('id: a\nname: Acme\nlinks: {help: "https://a.example"}\ntokens:\n  ink: {light: "#000"}\n  radius: 1rem\n');
  expect(found.name).toBe("Acme");
  expect(found.links["help"]).toBe("https://a.example");
  expect(found.tokens["radius"]).toBe("1rem");
  expect(shadeOf(found, "ink", USUAL)).toEqual({ light: "#000", dark: "#eeeeee" });
  expect(shadeOf(found, "line", USUAL)).toEqual(USUAL);
});

it("counts sentences of all languages", () => {
  expect(look("id: a").sentences).toBe(0);
  expect(look('id: a\ntexts:\n  en: {"Sign in": "Log in"}\n  de: {"Sign in": "Los", "Continue": "Weiter"}\n').sentences).toBe(3);
  expect(look("id: a\ntexts: 5\n").sentences).toBe(0);
});

it("shows what is no colour as it is, and never fails for it", () => {
  const odd = look("id: a\nname: 7\ntokens:\n  ink: red\n  line: {light: [1], dark: 0}\n");
  expect(odd.name).toBe("7");
  expect(shadeOf(odd, "ink", USUAL)).toEqual(USUAL);
  expect(shadeOf(odd, "line", USUAL)).toEqual({ light: "[1]", dark: "0" });
  expect(say(null)).toBe("");
});

it("says why a text cannot be edited by fields, and where", () => {
  expect(fault("id: a\ntokens: {")).toMatch(/^Line \d: /);
  expect(fault("id: a\nid: b")).toMatch(/^Line 2: .*unique/);
  expect(fault("")).toContain("a mapping");
  expect(fault("- a")).toContain("a mapping");
  expect(fault("id: a\ntokens: 5")).toContain("under tokens");
  expect(fault("id: a\nlinks: [x]")).toContain("under links");
  expect(fault("id: a\nx: &x {help: b}\nlinks: *x\n")).toContain("under links");
  expect(fault("id: a\ntokens:\nlinks:\n")).toBeUndefined();
});

it("gives the palette six digits, whatever is typed", () => {
  expect(sixDigits("#5B2a86")).toBe("#5b2a86");
  expect(sixDigits("#fA0")).toBe("#ffaa00");
  expect(sixDigits("#5b")).toBe("#000000");
  expect(sixDigits("purple")).toBe("#000000");
});
