import { isMap, parseDocument } from "yaml";

import type { components } from "../../api/schema.gen";

export type DefaultLook = components["schemas"]["DefaultLook"];
export type Shade = components["schemas"]["ShadeValues"];
export type Side = keyof Shade;
export type Link = "help" | "privacy" | "terms";

/** What a text sets of a look; what is not there comes from the default one. */
export type Look = {
  readonly name: string;
  readonly links: Readonly<Record<string, unknown>>;
  readonly tokens: Readonly<Record<string, unknown>>;
  /** How many sentences it has of its own. */
  readonly sentences: number;
};

/** What a text says of a look, or why it cannot be edited by fields. */
export function readLook(text: string): { readonly look: Look } | { readonly fault: string } {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) return { fault: `${error.linePos === undefined ? "" : `Line ${error.linePos[0].line}: `}${sayError(error.message)}` };
  if (!isMap(document.contents)) return { fault: "A theme is a mapping: id, name, tokens and so on." };
  let said: Record<string, unknown>;
  try {
    said = document.toJS() as Record<string, unknown>;
  } catch {
    return { fault: "It refers to itself too often." };
  }
  for (const section of ["links", "tokens"]) {
    // A reference to another place must not be written over: that place would say something else then.
    const node: unknown = document.get(section, true);
    if (said[section] != null && !isMap(node)) return { fault: `What is under ${section} is no mapping of names to values.` };
  }
  const sentences = Object.values(mapping(said["texts"])).reduce<number>((sum, one) => sum + Object.keys(mapping(one)).length, 0);
  return { look: { name: say(said["name"]), links: mapping(said["links"]), tokens: mapping(said["tokens"]), sentences } };
}

/** A colour as the fields show it: what the theme sets, and the default where it sets nothing. */
export function shadeOf(look: Look, token: string, otherwise: Shade): Shade {
  const own = mapping(look.tokens[token]);
  return { light: say(own["light"] ?? otherwise.light), dark: say(own["dark"] ?? otherwise.dark) };
}

/** A value as text, for a field that shows it as it is. */
export function say(value: unknown): string {
  return typeof value === "string" ? value : value == null ? "" : JSON.stringify(value);
}

/** A colour as the native input takes it, `#rrggbb`; what is no colour is black there. */
export function sixDigits(colour: string): string {
  if (/^#[0-9a-f]{6}$/i.test(colour)) return colour.toLowerCase();
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(colour);
  return short === null ? "#000000" : `#${short.slice(1).map((digit) => digit + digit).join("")}`.toLowerCase();
}

function mapping(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function sayError(message: string): string {
  return (message.split("\n")[0] ?? message).replace(/ at line \d+, column \d+:?$/, "");
}
