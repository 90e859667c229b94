import { isMap, isScalar, isSeq, type Pair, Scalar, type YAMLMap } from "yaml";
import { caseIndex, findPair, keyOf, OTHERWISE, type Position, type StepKind } from "./graph";
import { freshName } from "./names";
import { renameReferences } from "./references";
import { leaveGroups, renameInGroups } from "./looks";
import { blockMapping, flowMapping, place } from "./placing";
import type { FlowDocument } from "./text";

export interface NewStep {
  kind: StepKind;
  subject: string;
  /** The name wanted; it gets a number if it is taken. */
  name?: string;
  position?: Position;
  options?: Record<string, unknown>;
}

export interface ExitRef {
  step: string;
  outcome: string;
}

/** The names of all steps, also of those that cannot be drawn. */
export function listNames(doc: FlowDocument): Set<string> {
  const steps = doc.get("steps");
  return new Set(isMap(steps) ? steps.items.map(keyOf) : []);
}

/** Adds a step, wired from `after` if given, and returns its name. The first step of a flow becomes its start. */
export function addStep(doc: FlowDocument, wanted: NewStep, after?: ExitRef): string {
  const taken = listNames(doc);
  const name = freshName(wanted.name ?? suggestName(wanted), taken);
  const steps = blockMapping(doc, "steps");
  steps.set(name, createBody(doc, wanted));
  if (taken.size === 0 || !doc.get("start")) doc.set("start", name);
  if (wanted.position) place(doc, name, wanted.position);
  if (after) connect(doc, after, name);
  return name;
}

/** Puts a step on the edge of an exit: the exit leads to it, and its `goOn` outcome to where the exit led. */
export function insertOnEdge(doc: FlowDocument, edge: ExitRef, wanted: NewStep, goOn: string | null): string {
  const target = targetOf(doc, edge);
  const name = addStep(doc, wanted, edge);
  if (target !== null && goOn !== null) connect(doc, { step: name, outcome: goOn }, target);
  return name;
}

/** Returns where an exit leads, null if it is free. */
export function targetOf(doc: FlowDocument, exit: ExitRef): string | null {
  const body = findBody(doc, exit.step);
  const index = caseIndex(exit.outcome);
  let value: unknown;
  if (index !== null && body?.has("condition")) value = body.getIn(["condition", index, "to"]);
  else if (body?.has("condition")) value = body.get(OTHERWISE);
  else value = body?.getIn(["on", exit.outcome]);
  return typeof value === "string" && value !== "" ? value : null;
}

/** Leads an exit to a step. */
export function connect(doc: FlowDocument, exit: ExitRef, target: string): void {
  const body = findBody(doc, exit.step);
  if (!body) return;
  const index = caseIndex(exit.outcome);
  if (body.has("condition")) {
    if (index !== null) body.setIn(["condition", index, "to"], target);
    else body.set(OTHERWISE, target);
    return;
  }
  if (!isMap(body.get("on"))) body.set("on", flowMapping(doc));
  (body.get("on") as YAMLMap).set(exit.outcome, target);
}

/** Frees an exit. */
export function disconnect(doc: FlowDocument, exit: ExitRef): void {
  const body = findBody(doc, exit.step);
  if (!body) return;
  const index = caseIndex(exit.outcome);
  if (body.has("condition")) {
    if (index !== null) body.deleteIn(["condition", index, "to"]);
    else body.delete(OTHERWISE);
    return;
  }
  body.deleteIn(["on", exit.outcome]);
}

/** Renames a step everywhere: its key, the start, every exit that leads to it, what reads its values, its position. */
export function renameStep(doc: FlowDocument, from: string, to: string): void {
  const steps = doc.get("steps");
  const found = isMap(steps) ? findPair(steps, from) : null;
  if (!found || !isMap(steps) || from === to) return;
  renameKey(found.pair, to);
  if (doc.get("start") === from) doc.set("start", to);
  for (const pair of steps.items) {
    if (isMap(pair.value)) {
      redirect(pair.value, from, to);
      renameReferences(pair.value, from, to);
    }
  }
  const layout = doc.get("layout");
  const placed = isMap(layout) ? findPair(layout, from) : null;
  if (placed) renameKey(placed.pair, to);
  renameInGroups(doc, from, to);
}

/** Deletes steps, their positions, and every wire that led to them. */
export function deleteSteps(doc: FlowDocument, names: Iterable<string>): void {
  const gone = new Set(names);
  const steps = doc.get("steps");
  if (!isMap(steps)) return;
  const layout = doc.get("layout");
  for (const name of gone) {
    deleteStep(steps, name);
    if (isMap(layout)) layout.delete(name);
  }
  for (const pair of steps.items) {
    if (isMap(pair.value)) unwire(pair.value, gone);
  }
  leaveGroups(doc, gone);
  const start = doc.get("start");
  if (typeof start === "string" && gone.has(start)) {
    const first = steps.items[0];
    doc.set("start", first ? keyOf(first) : "");
  }
}

/** Moves a step before another one in the text, or to the end. The order changes nothing but how the text reads. */
export function reorderStep(doc: FlowDocument, name: string, before: string | null): void {
  const steps = doc.get("steps");
  if (!isMap(steps)) return;
  const found = findPair(steps, name);
  if (!found || name === before) return;
  steps.items.splice(found.index, 1);
  const target = before === null ? null : findPair(steps, before);
  steps.items.splice(target?.index ?? steps.items.length, 0, found.pair);
}

/** Places steps in the drawing. Positions stand under `layout`, apart from what the flow means. */
export function moveSteps(doc: FlowDocument, positions: ReadonlyMap<string, Position>): void {
  for (const [name, position] of positions) place(doc, name, position);
}

/** Finds the mapping of a step. */
export function findBody(doc: FlowDocument, name: string): YAMLMap | null {
  const body = doc.getIn(["steps", name]);
  return isMap(body) ? body : null;
}

function suggestName(wanted: NewStep): string {
  if (wanted.kind === "condition") return "check";
  if (wanted.kind === "connector") return "verify";
  if (wanted.kind === "end") return wanted.subject === "complete" ? "done" : wanted.subject;
  return wanted.subject.replaceAll("-", "_");
}

function createBody(doc: FlowDocument, wanted: NewStep): YAMLMap {
  const body = doc.createNode({}) as YAMLMap;
  if (wanted.kind === "condition") {
    body.set("condition", doc.createNode([{ when: "" }]));
    return body;
  }
  body.set(wanted.kind, wanted.subject);
  body.flow = wanted.kind === "end";
  if (wanted.options && Object.keys(wanted.options).length > 0) body.set("options", flowMapping(doc, wanted.options));
  if (wanted.kind !== "end") body.set("on", flowMapping(doc));
  return body;
}

function renameKey(pair: Pair, to: string): void {
  if (isScalar(pair.key)) {
    pair.key.value = to;
    delete (pair.key as { source?: string }).source;
  } else {
    pair.key = new Scalar(to);
  }
}

function redirect(body: YAMLMap, from: string, to: string): void {
  for (const holder of listHolders(body)) {
    for (const pair of holder.map.items) {
      if (!holder.isTarget(keyOf(pair)) || !isScalar(pair.value) || pair.value.value !== from) continue;
      pair.value.value = to;
    }
  }
}

function unwire(body: YAMLMap, gone: ReadonlySet<string>): void {
  for (const holder of listHolders(body)) {
    holder.map.items = holder.map.items.filter((pair) => {
      const target = isScalar(pair.value) ? pair.value.value : null;
      return !(holder.isTarget(keyOf(pair)) && typeof target === "string" && gone.has(target));
    });
  }
}

/** The mappings of a step that hold targets: `on`, each case, and the step itself for `otherwise`. */
function listHolders(body: YAMLMap): { map: YAMLMap; isTarget: (key: string) => boolean }[] {
  const holders: { map: YAMLMap; isTarget: (key: string) => boolean }[] = [];
  const on = body.get("on");
  if (isMap(on)) holders.push({ map: on, isTarget: () => true });
  const cases = body.get("condition");
  if (isSeq(cases)) {
    holders.push({ map: body, isTarget: (key) => key === OTHERWISE });
    for (const item of cases.items) if (isMap(item)) holders.push({ map: item, isTarget: (key) => key === "to" });
  }
  return holders;
}

function deleteStep(steps: YAMLMap, name: string): void {
  const found = findPair(steps, name);
  if (!found) return;
  steps.items.splice(found.index, 1);
  // The comment above the first step belongs to it, and YAML has it at the mapping.
  if (found.index === 0) steps.commentBefore = null;
}
