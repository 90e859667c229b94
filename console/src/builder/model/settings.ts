import { isMap, isScalar, isSeq, Scalar, type YAMLMap, type YAMLSeq } from "yaml";
import { findBody } from "./edits";
import { type Case, findPair, type StepKind } from "./graph";
import { flowMapping } from "./placing";
import type { FlowDocument } from "./text";

/** Sets one option of a step, or takes it away with undefined. */
export function setOption(doc: FlowDocument, step: string, path: string[], value: unknown): void {
  const body = findBody(doc, step);
  if (!body || path.length === 0) return;
  if (!isMap(body.get("options"))) {
    if (value === undefined) return;
    insertBefore(doc, body, "options", "on");
  }
  const options = body.get("options") as YAMLMap;
  if (value === undefined) options.deleteIn(path);
  else options.setIn(path, isPlain(value) ? value : doc.createNode(value));
  prune(options, path.slice(0, -1));
  if (options.items.length === 0) body.delete("options");
}

/** Says which screen, action, connection, flow, queue or kind of end a step is of. Exits that it lacks stay wired. */
export function setSubject(doc: FlowDocument, step: string, kind: StepKind, subject: string): void {
  findBody(doc, step)?.set(kind, subject);
}

export function setMember(doc: FlowDocument, step: string, key: "max_visits" | "deadline" | "reason", value: unknown): void {
  const body = findBody(doc, step);
  if (!body) return;
  if (value === null || value === undefined || value === "") body.delete(key);
  else body.set(key, value);
}

/** Sets a member of the head of the flow; an empty list or text takes away what may be left out. */
export function setHead(doc: FlowDocument, key: string, value: string | string[]): void {
  if (Array.isArray(value)) {
    if (value.length === 0) {
      doc.delete(key);
      return;
    }
    const list = doc.createNode(value) as YAMLSeq;
    list.flow = true;
    setKeepingOrder(doc, key, list);
    return;
  }
  setKeepingOrder(doc, key, value);
}

/** Writes a note above a step, as a comment. */
export function setNote(doc: FlowDocument, step: string, note: string): void {
  const steps = doc.get("steps");
  const found = isMap(steps) ? findPair(steps, step) : null;
  if (!found || !isMap(steps)) return;
  const lines = note.trim() === "" ? null : note.trim().split("\n").map((line) => ` ${line}`).join("\n");
  if (!isScalar(found.pair.key)) found.pair.key = new Scalar(step);
  if (found.index === 0) steps.commentBefore = null;
  (found.pair.key as Scalar).commentBefore = lines;
}

// --- Cases -----------------------------------------------------------------------------------------------------------

export function addCase(doc: FlowDocument, step: string, one: Partial<Case> = {}): void {
  findCases(doc, step)?.add(doc.createNode({ when: one.when ?? "", ...some("proves", one.proves), ...some("to", one.to) }));
}

export function removeCase(doc: FlowDocument, step: string, index: number): void {
  findCases(doc, step)?.delete(index);
}

/** Moves a case to another place; the first case that holds is taken, so order is meaning here. */
export function moveCase(doc: FlowDocument, step: string, from: number, to: number): void {
  const cases = findCases(doc, step);
  if (!cases || from < 0 || to < 0 || from >= cases.items.length || to >= cases.items.length) return;
  const [moved] = cases.items.splice(from, 1);
  cases.items.splice(to, 0, moved);
}

export function setWhen(doc: FlowDocument, step: string, index: number, when: string): void {
  const item = findCases(doc, step)?.items[index];
  if (isMap(item)) item.set("when", when);
}

export function setProves(doc: FlowDocument, step: string, index: number, connection: string | null): void {
  const item = findCases(doc, step)?.items[index];
  if (!isMap(item)) return;
  if (connection === null) {
    item.delete("proves");
    return;
  }
  if (!item.has("proves")) insertBefore(doc, item, "proves", "to", connection);
  else item.set("proves", connection);
}

function findCases(doc: FlowDocument, step: string): YAMLSeq | null {
  const cases = findBody(doc, step)?.get("condition");
  return isSeq(cases) ? cases : null;
}

// --- Order -----------------------------------------------------------------------------------------------------------

const ORDER = ["id", "title", "purpose", "deadline", "demands", "levels", "start", "steps", "layout", "texts"];

function setKeepingOrder(doc: FlowDocument, key: string, value: unknown): void {
  if (doc.has(key) || !isMap(doc.contents)) {
    doc.set(key, value);
    return;
  }
  const later = ORDER.slice(ORDER.indexOf(key) + 1);
  const index = doc.contents.items.findIndex((pair) => later.includes(String(pair.key)));
  const pair = doc.createPair(key, value);
  (doc.contents as YAMLMap).items.splice(index < 0 ? doc.contents.items.length : index, 0, pair);
}

function insertBefore(doc: FlowDocument, map: YAMLMap, key: string, next: string, value?: unknown): void {
  const pair = doc.createPair(key, value ?? flowMapping(doc));
  const index = map.items.findIndex((item) => String(item.key) === next);
  map.items.splice(index < 0 ? map.items.length : index, 0, pair);
}

function prune(options: YAMLMap, path: string[]): void {
  for (let length = path.length; length > 0; length -= 1) {
    const part = path.slice(0, length);
    const node = options.getIn(part);
    if (isMap(node) && node.items.length === 0) options.deleteIn(part);
  }
}

function isPlain(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function some(key: string, value: string | null | undefined): Record<string, string> {
  return value === null || value === undefined || value === "" ? {} : { [key]: value };
}
