import { type Document, isMap, isScalar, parseDocument, Scalar, stringify, type YAMLMap } from "yaml";

import { keepFormatting } from "../../builder/model/formatting";
import type { Shade, Side } from "./look";

/** What a theme's id may be. */
const ID = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** What is wrong with the id of a new theme, or undefined. */
export function idFault(id: string, taken: readonly string[]): string | undefined {
  if (id === "") return "Give the theme an id.";
  if (!ID.test(id)) return "Use small letters, digits and dashes, at most 63.";
  return taken.includes(id) ? "There is a theme with this id already." : undefined;
}

/** The text of a theme that sets nothing yet, with examples of what it may set. */
export function emptyTheme(id: string, name: string): string {
  const start = [
    "id: x",
    "name: x",
    "# Take the signs # away from what you want to set.",
    "# tokens:",
    '#   accent: {light: "#0f5f6e", dark: "#74ccd8"}',
    "#   radius: 0.5rem",
    "#   font: Georgia, serif",
    "# links:",
    "#   help: https://example.com/help",
    "",
  ].join("\n");
  return setMembers(start, { id, name });
}

type Members = Readonly<Record<string, string | undefined>>;

/** The same text with other members; comments and order stay, and an undefined one is taken away. */
export function setMembers(text: string, members: Members): string {
  return edit(text, (_, root) => place(root, members));
}

/** The same text with other members of `links` or `tokens`. A section in which nothing is left goes too. */
export function setWithin(text: string, section: "links" | "tokens", members: Members): string {
  return edit(text, (document, root) => {
    const found = open(document, root, section);
    place(found, members);
    if (found.items.length === 0 && found.comment == null && found.commentBefore == null) root.delete(section);
  });
}

/** The same text with one side of a colour as it is written now; the other stays, or is as it is `shown`. */
export function setShade(text: string, token: string, side: Side, value: string, shown: Shade): string {
  return edit(text, (document, root) => {
    const tokens = open(document, root, "tokens");
    const before = tokens.get(token);
    if (isMap(before)) {
      for (const [name, colour] of Object.entries({ ...shown, [side]: value })) {
        if (name === side || !before.has(name)) before.set(name, quote(colour));
      }
    } else {
      const pair = document.createNode({}, { flow: true }) as YAMLMap;
      for (const [name, colour] of Object.entries({ ...shown, [side]: value })) pair.set(name, quote(colour));
      tokens.set(token, pair);
    }
  });
}

/** The image that a text names, or undefined. */
export function logoOf(text: string): string | undefined {
  const document = parseDocument(text);
  const logo = isMap(document.contents) ? document.get("logo") : undefined;
  return typeof logo === "string" ? logo : undefined;
}

/** A colour begins with what else begins a comment. */
function quote(colour: string): Scalar {
  const written = new Scalar(colour);
  written.type = Scalar.QUOTE_DOUBLE;
  return written;
}

function place(map: YAMLMap, members: Members): void {
  for (const [name, value] of Object.entries(members)) {
    const before = map.get(name, true);
    // Quotes that were only needed for what it said a letter ago do not stay.
    if (isScalar(before) && /^["']/.test(stringify(before.value))) before.type = Scalar.PLAIN;
    if (value === undefined) map.delete(name);
    else map.set(name, value);
  }
}

/** A section of a theme, made if it is not there; comments under an empty one go into it. */
function open(document: Document, root: YAMLMap, section: string): YAMLMap {
  const found = root.get(section, true);
  if (isMap(found)) return found;
  const made = document.createNode({}) as YAMLMap;
  if (isScalar(found)) made.comment = found.comment ?? found.commentBefore ?? null;
  root.set(section, made);
  return made;
}

/** Change what a text says. What the change does not touch keeps its author's lines; what is no document stays as it is. */
function edit(text: string, change: (document: Document, root: YAMLMap) => void): string {
  const document = parseDocument(text);
  if (document.errors.length > 0 || !isMap(document.contents)) return text;
  const before = write(document, text);
  change(document, document.contents);
  const after = write(document, text);
  const kept = keepFormatting(text, before, after);
  // Lines were put together; what they say is what counts.
  const read = parseDocument(kept);
  const same = read.errors.length === 0 && JSON.stringify(read.toJS()) === JSON.stringify(document.toJS());
  return same ? kept : after;
}

/** Write a document in the manner of a text: what it says elsewhere then reads as it did. */
function write(document: Document, like: string): string {
  const indent = /^ {1,8}(?=[^ #-])/m.exec(like)?.[0].length ?? 2;
  return document.toString({ lineWidth: 0, indent, flowCollectionPadding: like.includes("{ ") });
}
