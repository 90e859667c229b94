import { expect, it } from "vitest";

import { dress, takeStyles } from "./frame";

const MAIL = `<html><head><title>Your code</title>
<style>
:root{color-scheme:light dark}
@media all{.card{color:#ffffff !important}}
</style>
</head><body class="page" style="margin:0"><p>1 &lt; 2, style="no"</p>
<td align="left" class="card" style="color:#112233;font-family:'Segoe UI',serif">Hello</td></body></html>`;

it("takes styles out of a page, and nothing that people read", () => {
  const { html, rules } = takeStyles(MAIL);
  expect(html).not.toContain("<style");
  expect(html).toContain('<body class="page" data-style="margin:0">');
  expect(html).toContain(`<td align="left" class="card" data-style="color:#112233;font-family:'Segoe UI',serif">Hello</td>`);
  expect(html).toContain('<p>1 &lt; 2, style="no"</p>');
  expect(rules).toContain("@media all{.card{color:#ffffff !important}}");
});

it("leaves a page alone that has no styles in it", () => {
  const page = '<html><head><link rel="stylesheet" href="/static/site.css"></head><body><h1>Sign in</h1></body></html>';
  expect(takeStyles(page)).toEqual({ html: page, rules: "" });
});

it("sets tokens, attributes and rules", () => {
  const page = document.implementation.createHTMLDocument();
  const cell = page.createElement("p");
  cell.setAttribute("data-style", "color: rgb(1, 2, 3)");
  page.body.append(cell);
  dress(page, { accent: "#5b2a86" }, "");
  expect(page.documentElement.style.getPropertyValue("--accent")).toBe("#5b2a86");
  expect(cell.style.color).toBe("rgb(1, 2, 3)");
  dress(document, {}, ".card{color:#ffffff}");
  expect(document.adoptedStyleSheets.flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText))).toHaveLength(1);
});
