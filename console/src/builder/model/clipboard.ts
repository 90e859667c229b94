import { isMap } from "yaml";
import { addStep, findBody, listNames } from "./edits";
import { type Color, COLORS, KINDS, type Position, readGraph, type StepKind } from "./graph";
import { setColor } from "./looks";
import { freshName } from "./names";
import { place } from "./placing";
import { setNote } from "./settings";
import type { FlowDocument } from "./text";

const FORMAT = "idp-flow-steps";

/** Steps on the clipboard, as JSON: they can be pasted into another flow, in another tab. */
export interface Fragment {
  format: typeof FORMAT;
  steps: Record<string, Record<string, unknown>>;
  layout: Record<string, [number, number]>;
  colors: Record<string, Color>;
  notes: Record<string, string>;
}

/** Copies steps out of a flow. */
export function copySteps(doc: FlowDocument, names: string[]): Fragment {
  const graph = readGraph(doc);
  const fragment: Fragment = { format: FORMAT, steps: {}, layout: {}, colors: {}, notes: {} };
  for (const [name, step] of graph.steps) {
    if (!names.includes(name)) continue;
    fragment.steps[name] = findBody(doc, name)?.toJSON() as Record<string, unknown>;
    const position = graph.layout.get(name);
    if (position) fragment.layout[name] = [position.x, position.y];
    const color = graph.colors.get(name);
    if (color) fragment.colors[name] = color;
    if (step.note) fragment.notes[name] = step.note;
  }
  return fragment;
}

/** Reads what is on the clipboard. Returns null if it is not steps of a flow. */
export function readFragment(text: string): Fragment | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(value) || value["format"] !== FORMAT || !isRecord(value["steps"])) return null;
  const steps = Object.entries(value["steps"]).filter((entry): entry is [string, Record<string, unknown>] => {
    return isRecord(entry[1]) && KINDS.some((kind) => kind in (entry[1] as object));
  });
  if (steps.length === 0) return null;
  const layout = isRecord(value["layout"]) ? (value["layout"] as Fragment["layout"]) : {};
  const colors = isRecord(value["colors"]) ? (value["colors"] as Fragment["colors"]) : {};
  const notes = isRecord(value["notes"]) ? (value["notes"] as Fragment["notes"]) : {};
  return { format: FORMAT, steps: Object.fromEntries(steps), layout, colors, notes };
}

/**
 * Pastes steps with fresh names and returns the names. Wires among them lead to the new ones; wires that led elsewhere
 * are kept where the flow has such a step, and are free where it has not.
 */
export function pasteSteps(doc: FlowDocument, fragment: Fragment, at?: Position): string[] {
  const taken = listNames(doc);
  const existing = new Set(taken);
  const names = new Map<string, string>();
  for (const name of Object.keys(fragment.steps)) {
    const fresh = freshName(name, taken);
    taken.add(fresh);
    names.set(name, fresh);
  }
  const lead = (target: unknown): string | null => {
    if (typeof target !== "string") return null;
    return names.get(target) ?? (existing.has(target) ? target : null);
  };
  const shift = shiftOf(fragment, at);
  for (const [name, body] of Object.entries(fragment.steps)) {
    const fresh = names.get(name) ?? name;
    const kind = KINDS.find((one) => one in body);
    if (!kind) continue;
    addStep(doc, { kind, subject: typeof body[kind] === "string" ? body[kind] : "", name: fresh });
    fill(doc, fresh, kind, body, lead);
    const [x, y] = fragment.layout[name] ?? [0, 0];
    const position = { x: x + shift.x, y: y + shift.y };
    const color = COLORS.find((one) => one === fragment.colors[name]);
    if (color) setColor(doc, new Map([[fresh, position]]), color);
    else place(doc, fresh, position);
    if (fragment.notes[name]) setNote(doc, fresh, fragment.notes[name]);
  }
  return [...names.values()];
}

function fill(
  doc: FlowDocument,
  name: string,
  kind: StepKind,
  body: Record<string, unknown>,
  lead: (target: unknown) => string | null,
): void {
  const node = findBody(doc, name);
  if (!node) return;
  for (const [key, value] of Object.entries(body)) {
    if (key === "on") {
      const wiring = Object.entries(isRecord(value) ? value : {}).map(([outcome, target]) => [outcome, lead(target)]);
      const on = doc.createNode(Object.fromEntries(wiring.filter(([, target]) => target !== null)));
      if (isMap(on)) on.flow = true;
      node.set("on", on);
    } else if (key === "condition" && Array.isArray(value)) {
      node.set("condition", doc.createNode(value.map((one: unknown) => leadCase(one, lead))));
    } else if (key === "otherwise") {
      const target = lead(value);
      if (target !== null) node.set("otherwise", target);
    } else if (key !== kind) {
      const made = doc.createNode(value);
      if (isMap(made)) made.flow = true;
      node.set(key, made);
    }
  }
}

function leadCase(value: unknown, lead: (target: unknown) => string | null): Record<string, unknown> {
  if (!isRecord(value)) return { when: "" };
  const { to, ...rest } = value;
  const target = lead(to);
  return target === null ? rest : { ...rest, to: target };
}

function shiftOf(fragment: Fragment, at?: Position): Position {
  const places = Object.values(fragment.layout);
  if (places.length === 0) return at ?? { x: 0, y: 0 };
  const left = Math.min(...places.map(([x]) => x));
  const top = Math.min(...places.map(([, y]) => y));
  return at ? { x: at.x - left, y: at.y - top } : { x: 32, y: 48 };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

