import { cleanup, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { Theme } from "./queries";
import { ThemeEditor, type View } from "./ThemeEditor";
import type { Choice } from "./usePreview";

const TEXT = '# Ours\nid: acme\nname: Acme\ntokens:\n  accent: {light: "#5b2a86", dark: "#d9b8ff"} # of 2019\n';
const FAULT = "tokens.accent: accent on raised has a contrast of 1.64 in light, and 4.5 is needed";
const CHOICE: Choice = { page: "sign_in", scheme: "light", locale: "en", width: "wide" };
let saved: unknown[];

beforeEach(() => {
  saved = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const body = (await request.json()) as { text: string };
    if (request.method === "PUT") saved.push(body);
    const faults = body.text.includes("#eeeeee") ? [FAULT] : [];
    return new Response(JSON.stringify({ faults, html: null, tokens: {} }), { headers: { "Content-Type": "application/json" } });
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function open(text = TEXT, mayWrite = true) {
  const look = {
    colours: { accent: { light: "#0f5f6e", dark: "#74ccd8" }, ink: { light: "#132227", dark: "#eaf1f3" } },
    lengths: { radius: { value: "1.25rem", least: "0rem", most: "2rem" } },
    fonts: { font: "system-ui, sans-serif" },
  };
  const base = { body: { id: "acme", text, default_look: look } as unknown as Theme, etag: '"1"' };
  function Holder() {
    const [view, setView] = useState<View>("look");
    const [choice, setChoice] = useState(CHOICE);
    return <ThemeEditor base={base} mayWrite={mayWrite} view={view} onView={setView} choice={choice} onChoice={setChoice} />;
  }
  render(<Holder />);
  return userEvent.setup();
}

const area = () => screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Theme" });
const hex = (name: string) => screen.getByRole<HTMLInputElement>("textbox", { name });

async function type(person: ReturnType<typeof userEvent.setup>, name: string, text: string) {
  await person.clear(hex(name));
  await person.type(hex(name), text);
}

it("begins with the fields, and shows what the theme sets and what comes from the default look", () => {
  open();
  expect(screen.getByRole("button", { name: "Look" }).getAttribute("aria-pressed")).toBe("true");
  expect(hex("Name (optional)").value).toBe("Acme");
  expect(hex("Light accent").value).toBe("#5b2a86");
  expect(hex("Dark ink").value).toBe("#eaf1f3");
  expect(within(screen.getByRole("group", { name: "Text ink" })).getByText("Default look")).toBeTruthy();
  expect(within(screen.getByRole("group", { name: "Buttons and links accent" })).queryByText("Default look")).toBeNull();
});

it("changes the text that it is over, and the text changes the fields", async () => {
  const person = open();
  await type(person, "Dark ink", "#fff");
  await type(person, "Light accent", "#47206A");
  await type(person, "Corners of the card", "2rem");
  await person.click(screen.getByRole("button", { name: "Text" }));
  expect(area().value).toBe(
    `${TEXT.replace("#5b2a86", "#47206A")}  ink: {light: "#132227", dark: "#fff"}\n  radius: 2rem\n`,
  );
  await person.type(area(), "name2: x");
  await person.click(screen.getByRole("button", { name: "Look" }));
  await person.click(screen.getByRole("button", { name: "Text" }));
  expect(area().value).toMatch(/name2: x$/);
});

it("takes the default again, and leaves the focus at the colour", async () => {
  const person = open();
  await person.click(screen.getByRole("button", { name: "Take the default again for accent" }));
  expect(hex("Light accent").value).toBe("#0f5f6e");
  expect(document.activeElement).toBe(hex("Light accent"));
  await person.click(screen.getByRole("button", { name: "Text" }));
  expect(area().value).toBe("# Ours\nid: acme\nname: Acme\n");
});

it("says at a colour what the server finds, in the colours that it is about", async () => {
  const person = open();
  await type(person, "Light accent", "#eeeeee");
  await screen.findAllByText(/contrast of 1.64/);
  expect(hex("Light accent").getAttribute("aria-invalid")).toBe("true");
  expect(hex("Dark accent").getAttribute("aria-invalid")).toBeNull();
  const described = document.getElementById(hex("Light accent").getAttribute("aria-describedby") ?? "");
  expect(described?.textContent).toBe("Error: accent on raised has a contrast of 1.64 in light, and 4.5 is needed");
});

it("takes names and links away that are emptied, and keeps everything else that is typed", async () => {
  const person = open();
  await person.clear(hex("Name (optional)"));
  await person.type(hex("Help (optional)"), "h");
  await person.clear(hex("Dark accent"));
  await person.click(screen.getByRole("button", { name: "Text" }));
  expect(area().value).toBe('# Ours\nid: acme\ntokens:\n  accent: {light: "#5b2a86", dark: ""} # of 2019\nlinks:\n  help: h\n');
});

it("offers the text where that says nothing that fields could show", async () => {
  const person = open("id: acme\ntokens: {");
  expect(screen.getByText("This text cannot be edited by fields")).toBeTruthy();
  await person.click(screen.getByRole("button", { name: "Edit the text" }));
  expect(document.activeElement).toBe(area());
  expect(area().value).toBe("id: acme\ntokens: {");
  expect(screen.queryByLabelText("Logo (optional)")).toBeNull();
});

it("is saved as text, whatever it was edited by", async () => {
  const person = open();
  await type(person, "Light ink", "#000000");
  await person.type(screen.getByLabelText("What changes"), "Blacker");
  await person.click(screen.getByRole("button", { name: "Save" }));
  expect(saved).toEqual([{ text: `${TEXT}  ink: {light: "#000000", dark: "#eaf1f3"}\n`, message: "Blacker", logo: null }]);
});

it("changes nothing for those who may only look", () => {
  open(TEXT, false);
  expect(hex("Light accent").matches(":disabled") || hex("Light accent").closest("fieldset")?.disabled).toBe(true);
  expect(screen.queryByRole("button", { name: "Save" })).toBeNull();
});
