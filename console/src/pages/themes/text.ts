import { isMap, parseDocument } from "yaml";

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

/** The same text with other members; comments and order stay, and an undefined one is taken away. */
export function setMembers(text: string, members: Readonly<Record<string, string | undefined>>): string {
  const document = parseDocument(text);
  if (!isMap(document.contents)) return text;
  for (const [name, value] of Object.entries(members)) {
    if (value === undefined) document.delete(name);
    else document.set(name, value);
  }
  return document.toString({ lineWidth: 0 });
}

/** The image that a text names, or undefined. */
export function logoOf(text: string): string | undefined {
  const document = parseDocument(text);
  const logo = isMap(document.contents) ? document.get("logo") : undefined;
  return typeof logo === "string" ? logo : undefined;
}
