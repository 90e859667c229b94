import { isSeq, type YAMLMap, type YAMLSeq } from "yaml";
import type { Position } from "./graph";
import { type FlowDocument, mappingAt } from "./text";

/** Places a step in the drawing; its colour, which stands with the position, stays. */
export function place(doc: FlowDocument, name: string, position: Position): void {
  const layout = blockMapping(doc, "layout");
  const before = layout.get(name);
  const rest = isSeq(before) ? before.items.slice(2) : [];
  const pair = doc.createNode([Math.round(position.x), Math.round(position.y)]) as YAMLSeq;
  pair.flow = true;
  pair.items.push(...rest);
  layout.set(name, pair);
}

/** Makes a mapping that is written on one line. */
export function flowMapping(doc: FlowDocument, value: Record<string, unknown> = {}): YAMLMap {
  const map = doc.createNode(value) as YAMLMap;
  map.flow = true;
  return map;
}

/** Returns the mapping under a key of the document, written with a line for each entry. */
export function blockMapping(doc: FlowDocument, key: string): YAMLMap {
  const map = mappingAt(doc, key);
  // An empty one is written `{}`; what is put in belongs on lines of its own.
  if (map.items.length === 0) map.flow = false;
  return map;
}
