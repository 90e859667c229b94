import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from "yaml";
import type { FlowDocument } from "./text";

export const KINDS = ["screen", "action", "connector", "condition", "subflow", "review", "end"] as const;
export type StepKind = (typeof KINDS)[number];

export interface Case {
  when: string;
  to: string | null;
  proves: string | null;
}

export interface Exit {
  outcome: string;
  target: string | null;
}

/** One step as it stands in the text. `subject` is the screen, action, connection, flow, queue or kind of end. */
export interface Step {
  id: string;
  kind: StepKind;
  subject: string;
  exits: Exit[];
  cases: Case[];
  options: Record<string, unknown>;
  maxVisits: number | null;
  deadline: string | null;
  reason: string | null;
  note: string;
}

export interface Position {
  x: number;
  y: number;
}

/** Colours for steps and groups; they mean what their author says. */
export const COLORS = ["blue", "teal", "green", "amber", "red", "violet", "grey"] as const;
export type Color = (typeof COLORS)[number];

/** Steps that belong together in the eyes of people: a frame in the drawing. */
export interface Group {
  title: string;
  color: Color | null;
  steps: string[];
}

export interface FlowHead {
  id: string;
  title: string;
  purpose: string;
  deadline: string;
  start: string;
  demands: string[];
  levels: string[];
}

/** What a text draws: the steps in the order of the text, and where each exit leads. */
export interface FlowGraph {
  head: FlowHead;
  steps: ReadonlyMap<string, Step>;
  layout: ReadonlyMap<string, Position>;
  colors: ReadonlyMap<string, Color>;
  groups: readonly Group[];
}

export const OTHERWISE = "otherwise";
export const LIMIT = "limit";

/** Names the exit of a case, counted from 0, as the engine and the checker do. */
export function caseName(index: number): string {
  return `case ${String(index + 1)}`;
}

/** Returns the index of the case that an exit is of, or null for another exit. */
export function caseIndex(outcome: string): number | null {
  const found = /^case (\d+)$/.exec(outcome);
  return found ? Number(found[1]) - 1 : null;
}

/** Reads the graph from a document. What cannot be drawn is left out; the server's checker says what is wrong. */
export function readGraph(doc: FlowDocument): FlowGraph {
  const steps = new Map<string, Step>();
  const map = doc.get("steps");
  if (isMap(map)) {
    map.items.forEach((pair, index) => {
      const id = keyOf(pair);
      if (!isMap(pair.value)) return;
      const step = readStep(id, pair.value);
      if (step) steps.set(id, { ...step, note: readNote(map, pair, index) });
    });
  }
  const layout = doc.get("layout");
  return { head: readHead(doc), steps, layout: readLayout(layout), colors: readColors(layout), groups: readGroups(doc.get("groups")) };
}

export function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}

/** Finds the pair of a step, with its place. */
export function findPair(map: YAMLMap, id: string): { pair: Pair; index: number } | null {
  const index = map.items.findIndex((pair) => keyOf(pair) === id);
  const pair = map.items[index];
  return pair ? { pair, index } : null;
}

function readHead(doc: FlowDocument): FlowHead {
  return {
    id: text(doc.get("id")),
    title: text(doc.get("title")),
    purpose: text(doc.get("purpose")),
    deadline: text(doc.get("deadline")),
    start: text(doc.get("start")),
    demands: texts(doc.get("demands")),
    levels: texts(doc.get("levels")),
  };
}

function readStep(id: string, body: YAMLMap): Step | null {
  const kind = KINDS.find((one) => body.has(one));
  if (!kind) return null;
  const cases = kind === "condition" ? readCases(body.get("condition")) : [];
  const visits = body.get("max_visits");
  return {
    id,
    kind,
    subject: kind === "condition" ? "" : text(body.get(kind)),
    exits: kind === "condition" ? conditionExits(cases, body) : readWiring(body.get("on")),
    cases,
    options: plain(body.get("options", true)),
    maxVisits: typeof visits === "number" ? visits : null,
    deadline: body.has("deadline") ? text(body.get("deadline")) : null,
    reason: body.has("reason") ? text(body.get("reason")) : null,
    note: "",
  };
}

function readCases(node: unknown): Case[] {
  if (!isSeq(node)) return [];
  return node.items.map((item) => {
    if (!isMap(item)) return { when: "", to: null, proves: null };
    return { when: text(item.get("when")), to: name(item.get("to")), proves: name(item.get("proves")) };
  });
}

function conditionExits(cases: Case[], body: YAMLMap): Exit[] {
  const exits = cases.map((one, index) => ({ outcome: caseName(index), target: one.to }));
  return [...exits, { outcome: OTHERWISE, target: name(body.get(OTHERWISE)) }];
}

function readWiring(node: unknown): Exit[] {
  if (!isMap(node)) return [];
  return node.items.map((pair) => ({
    outcome: keyOf(pair),
    target: name(isScalar(pair.value) ? pair.value.value : pair.value),
  }));
}

function readLayout(node: unknown): Map<string, Position> {
  const layout = new Map<string, Position>();
  if (!isMap(node)) return layout;
  for (const pair of node.items) {
    if (!isSeq(pair.value)) continue;
    const [x, y] = pair.value.toJSON();
    if (typeof x === "number" && typeof y === "number") layout.set(keyOf(pair), { x, y });
  }
  return layout;
}

/** The colour of a step is the third member of its position. */
function readColors(node: unknown): Map<string, Color> {
  const colors = new Map<string, Color>();
  if (!isMap(node)) return colors;
  for (const pair of node.items) {
    const color = isSeq(pair.value) ? readColor(pair.value.get(2)) : null;
    if (color !== null) colors.set(keyOf(pair), color);
  }
  return colors;
}

function readColor(value: unknown): Color | null {
  return COLORS.find((one) => one === value) ?? null;
}

function readGroups(node: unknown): Group[] {
  if (!isMap(node)) return [];
  return node.items.flatMap((pair) => {
    if (!isMap(pair.value)) return [];
    return [{ title: keyOf(pair), color: readColor(pair.value.get("color")), steps: texts(pair.value.get("steps")) }];
  });
}

/** A note is the comment above a step. YAML gives the one above the first step to the mapping itself. */
function readNote(map: YAMLMap, pair: Pair, index: number): string {
  const own = isScalar(pair.key) ? pair.key.commentBefore : null;
  const inherited = index === 0 ? map.commentBefore : null;
  return [inherited, own]
    .filter((comment): comment is string => typeof comment === "string")
    .join("\n")
    .replace(/^ /gm, "")
    .trim();
}

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

function name(value: unknown): string | null {
  const found = text(value);
  return found === "" ? null : found;
}

function texts(value: unknown): string[] {
  if (!isSeq(value)) return [];
  return value.items.map((item) => text(isScalar(item) ? item.value : item)).filter((item) => item !== "");
}

function plain(node: unknown): Record<string, unknown> {
  if (!isMap(node)) return {};
  return (node as Node).toJSON() as Record<string, unknown>;
}

