import { isMap, parseDocument } from "yaml";

/** What a flow's id may be: small letters, digits and dashes, a letter first. */
const ID = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/** Make an id of a title: "Prove who you are" becomes `prove-who-you-are`. */
export function idFromTitle(title: string): string {
  return title
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 60)
    .replace(/-+$/, "");
}

/** What is wrong with an id, or undefined. */
export function idFault(id: string, taken: readonly string[]): string | undefined {
  if (id === "") return "Give the flow an id.";
  if (id.length > 64 || !ID.test(id)) return "Use small letters, digits and single dashes, and a letter first.";
  if (taken.includes(id)) return "There is a flow with this id already.";
  return undefined;
}

/** The same document under another id and title; comments and order stay. */
export function rename(text: string, id: string, title?: string): string {
  const document = parseDocument(text);
  if (!isMap(document.contents)) return text;
  document.set("id", id);
  if (title !== undefined) document.set("title", title);
  return document.toString({ lineWidth: 0 });
}

/** The id and title that a document says it has. */
export function readHead(text: string): { id: string; title: string } | undefined {
  const document = parseDocument(text);
  if (document.errors.length > 0 || !isMap(document.contents)) return undefined;
  const [id, title] = [document.get("id"), document.get("title")];
  return { id: typeof id === "string" ? id : "", title: typeof title === "string" ? title : "" };
}

/** A flow with nothing in it but its end. */
export function emptyFlow(id: string, title: string, purpose: string): string {
  return rename(`id: x\ntitle: x\npurpose: ${purpose}\ndeadline: 15m\nstart: done\nsteps:\n  done: {end: complete}\n`, id, title);
}
