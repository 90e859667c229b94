import { type Document, isMap, parseDocument, type YAMLMap } from "yaml";

import { keepFormatting } from "./formatting";

/** Why a text is not a flow document that can be drawn. Line and column count from 1. */
export interface TextFault {
  message: string;
  line: number;
  column: number;
}

export type FlowDocument = Document.Parsed;

export interface ReadText {
  doc: FlowDocument;
  faults: TextFault[];
}

/** The text cannot be edited by drawing until somebody mends it as text. */
export class UnreadableText extends Error {
  readonly faults: TextFault[];

  constructor(faults: TextFault[]) {
    super(faults[0]?.message ?? "The text is not a flow.");
    this.faults = faults;
    this.name = "UnreadableText";
  }
}

/**
 * The document that an edit has just been written from, and how we write it: the next edit need not read it again.
 * `text` says the same and may keep its author's lines.
 */
let written: { text: string; doc: FlowDocument; plain: string } | null = null;

/**
 * Reads YAML 1.2. Never throws: what is wrong is in `faults`. The document is for reading; only `editText` changes one.
 */
export function readText(text: string): ReadText {
  return written?.text === text ? { doc: written.doc, faults: [] } : parseText(text);
}

/** Reads YAML 1.2 anew, with the places of everything in the text. */
export function parseText(text: string): ReadText {
  const doc = parseDocument(text, { version: "1.2", prettyErrors: true, uniqueKeys: true, stringKeys: true });
  const faults = doc.errors.map((error) => ({
    message: (error.message.split("\n")[0] ?? error.message).replace(/ at line \d+, column \d+:?$/, ""),
    line: error.linePos?.[0].line ?? 1,
    column: error.linePos?.[0].col ?? 1,
  }));
  if (faults.length === 0 && doc.contents !== null && !isMap(doc.contents)) {
    faults.push({ message: "A flow is a mapping: id, title, purpose, steps.", line: 1, column: 1 });
  }
  return { doc, faults };
}

/** Writes the document as flows are written: short mappings on one line, long texts unbroken. */
export function writeText(doc: FlowDocument): string {
  return doc.toString({ lineWidth: 124, flowCollectionPadding: false, minContentWidth: 0 });
}

/**
 * Applies a change to the text and returns the new text; comments and order survive.
 * Raises UnreadableText if the text is not YAML. A change that alters nothing leaves the text as it was, byte for byte.
 */
export function editText(text: string, change: (doc: FlowDocument) => void): string {
  const { doc, faults } = readText(text);
  if (faults.length > 0) throw new UnreadableText(faults);
  const before = written?.doc === doc ? written.plain : writeText(doc);
  // A change that fails half way must not leave a document that nobody has written.
  written = null;
  change(doc);
  const after = writeText(doc);
  const merged = after === before ? text : text === before ? after : keepFormatting(text, before, after);
  const next = merged === after || after === before || saysTheSame(merged, doc) ? merged : after;
  written = { text: next, doc, plain: after };
  return next;
}

/** Lines were put together; what they say is what counts. */
function saysTheSame(text: string, doc: FlowDocument): boolean {
  const read = parseText(text);
  return read.faults.length === 0 && JSON.stringify(read.doc.toJSON()) === JSON.stringify(doc.toJSON());
}

/** Returns the mapping under a key of the document, made if it is not there. */
export function mappingAt(doc: FlowDocument, key: string): YAMLMap {
  const found = doc.get(key);
  if (isMap(found)) return found;
  const made = doc.createNode({}) as YAMLMap;
  doc.set(key, made);
  return made;
}
