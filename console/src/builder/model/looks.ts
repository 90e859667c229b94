import { isMap, isScalar, isSeq, type Pair, type YAMLSeq } from "yaml";
import { type Color, findPair, keyOf, type Position } from "./graph";
import { blockMapping, flowMapping, place } from "./placing";
import type { FlowDocument } from "./text";

/** Gives steps a colour, or takes it away. It stands with the position, so a step without one is placed where it is drawn. */
export function setColor(doc: FlowDocument, places: ReadonlyMap<string, Position>, color: Color | null): void {
  for (const [name, position] of places) {
    place(doc, name, position);
    const found = doc.getIn(["layout", name]);
    if (!isSeq(found)) continue;
    found.items.length = 2;
    if (color !== null) found.add(doc.createNode(color));
  }
}

/** Puts steps into a group, which is made if it is not there; without a title they are in none. A step is in one group. */
export function setGroup(doc: FlowDocument, names: readonly string[], title: string): void {
  leaveGroups(doc, names, title);
  if (title === "") return;
  const groups = blockMapping(doc, "groups");
  const found = groups.get(title);
  if (isMap(found) && isSeq(found.get("steps"))) {
    const steps = found.get("steps") as YAMLSeq;
    const known = new Set(steps.toJSON());
    for (const name of names) if (!known.has(name)) steps.add(doc.createNode(name));
  } else {
    groups.set(title, flowMapping(doc, { steps: [...names] }));
  }
}

/** Takes steps out of the groups they are in, but for one that they may stay in. A group without steps goes as well. */
export function leaveGroups(doc: FlowDocument, names: Iterable<string>, except = ""): void {
  const gone = new Set(names);
  eachGroup(doc, (steps, title) => {
    if (title === except) return;
    steps.items = steps.items.filter((item) => !gone.has(String(isScalar(item) ? item.value : item)));
  });
  const groups = doc.get("groups");
  if (!isMap(groups)) return;
  groups.items = groups.items.filter((pair) => !isEmptied(pair));
  if (groups.items.length === 0) doc.delete("groups");
}

export function renameInGroups(doc: FlowDocument, from: string, to: string): void {
  eachGroup(doc, (steps) => {
    for (const item of steps.items) if (isScalar(item) && item.value === from) item.value = to;
  });
}

export function renameGroup(doc: FlowDocument, from: string, to: string): void {
  const groups = doc.get("groups");
  const found = isMap(groups) ? findPair(groups, from) : null;
  if (!found || !isMap(groups) || groups.has(to)) return;
  found.pair.key = doc.createNode(to);
}

export function setGroupColor(doc: FlowDocument, title: string, color: Color | null): void {
  const group = doc.getIn(["groups", title]);
  if (!isMap(group)) return;
  if (color === null) group.delete("color");
  else group.set("color", color);
}

/** Dissolves a group; its steps stay. */
export function removeGroup(doc: FlowDocument, title: string): void {
  const groups = doc.get("groups");
  if (!isMap(groups)) return;
  groups.delete(title);
  if (groups.items.length === 0) doc.delete("groups");
}

function eachGroup(doc: FlowDocument, change: (steps: YAMLSeq, title: string) => void): void {
  const groups = doc.get("groups");
  if (!isMap(groups)) return;
  for (const pair of groups.items) {
    const steps = isMap(pair.value) ? pair.value.get("steps") : null;
    if (isSeq(steps)) change(steps, keyOf(pair));
  }
}

function isEmptied(pair: Pair): boolean {
  const steps = isMap(pair.value) ? pair.value.get("steps") : null;
  return isSeq(steps) && steps.items.length === 0;
}
