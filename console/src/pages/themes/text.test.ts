import { expect, it } from "vitest";

import { emptyTheme, idFault, logoOf, setMembers, setShade, setWithin } from "./text";

const ACME = `# Of Acme, and of nobody else
id:   acme                # as clients name it
name: Acme

tokens:
    # the purple of 2019
    accent: {light: "#5b2a86", dark: "#d9b8ff"}   # seen by the board
    radius: 0.5rem
links: {help: "https://acme.example/help"}
`;
const SHOWN = { light: "#111111", dark: "#eeeeee" };

it("begins with an id and a name, and comments on what else can be set", () => {
  const text = emptyTheme("acme", "Acme: the bank");
  expect(text).toContain("id: acme\n");
  expect(text).toContain('name: "Acme: the bank"\n');
  expect(text).toContain("# tokens:");
});

it("keeps comments and order where a member changes", () => {
  const text = "id: acme # ours\ntokens: {radius: 1rem}\nlogo: a.svg\n";
  expect(setMembers(text, { id: "copy", name: "Copy" })).toBe("id: copy # ours\ntokens: {radius: 1rem}\nlogo: a.svg\nname: Copy\n");
  expect(setMembers(text, { logo: undefined })).not.toContain("logo");
});

it("leaves alone what is no document", () => {
  for (const text of ["- a", "", "a: {", "a: 1\na: 2"]) {
    expect(setMembers(text, { id: "x" })).toBe(text);
    expect(setWithin(text, "tokens", { radius: "1rem" })).toBe(text);
    expect(setShade(text, "ink", "light", "#000", SHOWN)).toBe(text);
  }
  expect(logoOf("- a")).toBeUndefined();
});

it("changes one side of a colour and not another line", () => {
  const changed = setShade(ACME, "accent", "dark", "#ffffff", { light: "#5b2a86", dark: "#d9b8ff" });
  expect(lines(ACME, changed)).toEqual([['    accent: {light: "#5b2a86", dark: "#d9b8ff"}   # seen by the board'], [expect.stringContaining('accent: {light: "#5b2a86", dark: "#ffffff"} # seen by the board')]]);
});

it("sets both sides of a colour that was not set, for one alone would be refused", () => {
  const changed = setShade(ACME, "ink", "light", "#000000", SHOWN);
  expect(lines(ACME, changed)).toEqual([[], [expect.stringMatching(/^ +ink: \{light: "#000000", dark: "#eeeeee"\}$/)]]);
  const half = setShade("id: a\ntokens:\n  ink: {light: red}\n", "ink", "light", "#000", SHOWN);
  expect(half).toBe('id: a\ntokens:\n  ink: {light: "#000", dark: "#eeeeee"}\n');
  const other = setShade("id: a\ntokens:\n  ink: red\n", "ink", "dark", "#fff", SHOWN);
  expect(other).toBe('id: a\ntokens:\n  ink: {light: "#111111", dark: "#fff"}\n');
});

it("keeps what is typed as it is typed, though it is no colour yet", () => {
  expect(setShade(ACME, "accent", "light", "#5b", SHOWN)).toContain('light: "#5b", dark: "#d9b8ff"');
  expect(setShade(ACME, "accent", "light", "", SHOWN)).toContain('light: "", dark: "#d9b8ff"');
});

it("takes a token away with nothing else, and a section in which nothing is left", () => {
  expect(lines(ACME, setWithin(ACME, "tokens", { radius: undefined }))).toEqual([["    radius: 0.5rem"], []]);
  expect(setWithin(ACME, "links", { help: undefined })).toBe(ACME.replace(/^links.*\n/m, ""));
  const alone = "id: a\ntokens:\n  radius: 1rem\n";
  expect(setWithin(alone, "tokens", { radius: undefined })).toBe("id: a\n");
  expect(setWithin("id: a\n", "tokens", { radius: undefined })).toBe("id: a\n");
});

it("makes a section for the first that is set in it, and keeps the comments that stood for it", () => {
  expect(setWithin("id: a\n", "tokens", { font: "Georgia, serif" })).toBe("id: a\ntokens:\n  font: Georgia, serif\n");
  const empty = "id: a\ntokens:\n  # radius: 1rem\n";
  const filled = setWithin(empty, "tokens", { font: "Georgia" });
  expect(filled).toContain("# radius: 1rem");
  expect(filled).toContain("\n  font: Georgia\n");
  const made = setShade(emptyTheme("acme", "Acme"), "accent", "light", "#000000", SHOWN);
  expect(made).toContain('tokens:\n  accent: {light: "#000000", dark: "#eeeeee"}\n');
  expect(made).toContain("# Take the signs # away");
});

it("keeps its author's quotes, and none that only a letter before needed", () => {
  expect(setMembers('id: a\nname: "Acme"\n', { name: "Bank" })).toBe('id: a\nname: "Bank"\n');
  const typed = ["", "2", "2r", "2rem"].reduce((text, value) => setWithin(text, "tokens", { radius: value }), "id: a\n");
  expect(typed).toBe("id: a\ntokens:\n  radius: 2rem\n");
});

it("writes a flow mapping as its author does", () => {
  const text = 'id: a\ntokens: { ink: { light: "#000", dark: "#fff" }, radius: 1rem }\n';
  expect(setShade(text, "ink", "dark", "#eee", SHOWN)).toBe(text.replace("#fff", "#eee"));
  expect(setWithin(text, "tokens", { font: "Georgia, serif" })).toBe(text.replace("1rem", '1rem, font: "Georgia, serif"'));
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

/** The lines that are gone, and those that are new. */
function lines(before: string, after: string): [string[], string[]] {
  const [old, now] = [before.split("\n"), after.split("\n")];
  return [old.filter((line) => !now.includes(line)), now.filter((line) => !old.includes(line))];
}
