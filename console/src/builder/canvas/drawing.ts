import { type Edge, type Node, Position as Side } from "@xyflow/react";

import type { FlowChecked } from "../data/shapes";
import { type Catalogue, listPorts, type Port, type Tone } from "../model/catalogue";
import { FACT_HEIGHT, HEAD_HEIGHT, NODE_WIDTH, placeAll, PORT_HEIGHT, sizeOf, toPixels } from "../model/geometry";
import type { Color, FlowGraph, Position, Step } from "../model/graph";
import { exitKey, type Mark, type Marks, outerStep } from "./marks";
import { type Ends, type Route, Router } from "./routing";

export interface StepData extends Record<string, unknown> {
  step: Step;
  title: string;
  ports: Port[];
  facts: string[];
  proves: string[];
  acr: string | null;
  errors: number;
  warnings: number;
  mark: Mark | null;
  isStart: boolean;
  color: Color | null;
}

export interface WireData extends Record<string, unknown> {
  step: string;
  outcome: string;
  tone: Tone;
  mark: Mark | null;
  count: string | null;
  route: Route | null;
}

export type StepNode = Node<StepData, "step">;
export type Wire = Edge<WireData, "wire">;

export const ENTRY = "entry";
/** Pixels across of the dots that wires are attached to. */
const HANDLE = 10;

/** Makes the nodes of a flow: one a step, each with its exits, nothing hidden and nothing beside. */
export function drawSteps(graph: FlowGraph, catalogue: Catalogue, check: FlowChecked | null, marks: Marks): StepNode[] {
  const places = placeAll(graph);
  const counts = countProblems(check);
  return [...graph.steps.values()].map((step) => {
    const ports = listPorts(step, catalogue);
    const type = catalogue.find(step.kind, step.subject);
    const note = marks.notes.get(step.id);
    const facts = note !== undefined ? [note] : listFacts(step);
    const proves = listProofs(step, catalogue);
    const acr = step.kind === "end" && step.subject === "complete" ? (check?.steps[step.id]?.acr ?? null) : null;
    const hasFacts = facts.length + proves.length > 0 || acr !== null;
    const { width, height } = sizeOf(ports, hasFacts);
    const found = counts.get(step.id);
    return {
      id: step.id,
      type: "step",
      position: toPixels(places.get(step.id) ?? { x: 0, y: 0 }),
      width,
      height,
      measured: { width, height },
      // Told beforehand, so that edges to steps outside the window need no measuring.
      handles: [
        { id: ENTRY, type: "target", position: Side.Left, x: -HANDLE / 2, y: (HEAD_HEIGHT - HANDLE) / 2, width: HANDLE, height: HANDLE },
        ...ports.map((port, index) => ({
          id: port.outcome,
          type: "source" as const,
          position: Side.Right,
          x: NODE_WIDTH - HANDLE / 2,
          y: HEAD_HEIGHT + (hasFacts ? FACT_HEIGHT : 0) + index * PORT_HEIGHT + (PORT_HEIGHT - HANDLE) / 2,
          width: HANDLE,
          height: HANDLE,
        })),
      ],
      data: {
        step,
        title: type?.title ?? step.subject,
        ports,
        facts,
        proves,
        acr,
        errors: found?.errors ?? 0,
        warnings: found?.warnings ?? 0,
        mark: marks.steps.get(step.id) ?? null,
        isStart: graph.head.start === step.id,
        color: graph.colors.get(step.id) ?? null,
      },
    };
  });
}

/** Makes the edges: one a wired exit. */
export function drawWires(nodes: readonly StepNode[], graph: FlowGraph, marks: Marks, selected: string | null): Wire[] {
  const routes = findRoutes(nodes, graph);
  return nodes.flatMap(({ data }) =>
    data.ports.flatMap((port): Wire[] => {
      if (port.target === null || !graph.steps.has(port.target)) return [];
      const key = exitKey(data.step.id, port.outcome);
      const mark = marks.exits.get(key) ?? null;
      return [
        {
          id: key,
          type: "wire",
          source: data.step.id,
          sourceHandle: port.outcome,
          target: port.target,
          targetHandle: ENTRY,
          selected: key === selected,
          zIndex: mark === null ? 0 : 5,
          data: { step: data.step.id, outcome: port.outcome, tone: port.tone, mark, count: marks.counts.get(key) ?? null, route: routes.get(key) ?? null },
        },
      ];
    }),
  );
}

/** Finds the ways of all wires. */
function findRoutes(nodes: readonly StepNode[], graph: FlowGraph): ReadonlyMap<string, Route> {
  const boxes = new Map(nodes.map(({ id, position, width = 0, height = 0 }) => [id, { ...position, width, height }]));
  return ROUTER.route(boxes, nodes.flatMap((node) => listEnds(node, graph, boxes)));
}

const ROUTER = new Router();

function listEnds(node: StepNode, graph: FlowGraph, boxes: ReadonlyMap<string, Position>): Ends[] {
  return node.data.ports.flatMap(({ outcome, target }, index) => {
    const there = target === null ? undefined : boxes.get(target);
    const exit = node.handles?.[index + 1];
    if (target === null || !there || !exit || !graph.steps.has(target)) return [];
    const from = { x: node.position.x + exit.x + HANDLE, y: node.position.y + exit.y + HANDLE / 2 };
    const to = { x: there.x - HANDLE / 2, y: there.y + HEAD_HEIGHT / 2 };
    return [{ id: exitKey(node.id, outcome), source: node.id, target, from, to }];
  });
}

/** The settings that matter most, as they stand on the face of a step. */
export function listFacts(step: Step): string[] {
  const facts: string[] = [];
  if (step.kind === "end" && step.reason !== null) facts.push(step.reason);
  if (step.maxVisits !== null) facts.push(`≤ ${step.maxVisits} visits`);
  if (step.deadline !== null) facts.push(step.deadline);
  for (const [key, value] of Object.entries(step.options)) {
    if (typeof value === "object" && value !== null) facts.push(`${key} …`);
    else facts.push(value === true ? key : `${key}: ${String(value)}`);
  }
  return facts;
}

function listProofs(step: Step, catalogue: Catalogue): string[] {
  if (step.kind === "condition") {
    return [...new Set(step.cases.flatMap((one) => (one.proves === null ? [] : [`identity by ${one.proves}`])))];
  }
  const type = catalogue.find(step.kind, step.subject);
  return type?.kind === "action" || type?.kind === "review" ? [...type.evidence] : [];
}

function countProblems(check: FlowChecked | null): Map<string, { errors: number; warnings: number }> {
  const counts = new Map<string, { errors: number; warnings: number }>();
  for (const problem of check?.problems ?? []) {
    if (problem.step === null) continue;
    const name = outerStep(problem.step);
    const found = counts.get(name) ?? { errors: 0, warnings: 0 };
    if (problem.severity === "error") found.errors += 1;
    else found.warnings += 1;
    counts.set(name, found);
  }
  return counts;
}

/** Keeps the node objects that did not change, so that React draws only what did. */
export function keepUnchanged(before: readonly StepNode[], after: readonly StepNode[], selected: ReadonlySet<string>): StepNode[] {
  const old = new Map(before.map((node) => [node.id, node]));
  return after.map((node) => {
    const was = old.get(node.id);
    const isSelected = selected.has(node.id);
    if (!was) return { ...node, selected: isSelected };
    const data = isSameData(was.data, node.data) ? was.data : node.data;
    const isSame =
      data === was.data &&
      was.selected === isSelected &&
      was.position.x === node.position.x &&
      was.position.y === node.position.y &&
      was.height === node.height;
    return isSame ? was : { ...was, ...node, data, selected: isSelected };
  });
}

function isSameData(one: StepData, other: StepData): boolean {
  return one.step === other.step && JSON.stringify({ ...one, step: null }) === JSON.stringify({ ...other, step: null });
}

/** Keeps the edge objects that did not change, and the whole list if none did. */
export function keepWires(before: Wire[], after: Wire[]): Wire[] {
  const old = new Map(before.map((wire) => [wire.id, wire]));
  const kept = after.map((wire) => {
    const was = old.get(wire.id);
    return was && isSameWire(was, wire) ? was : wire;
  });
  return kept.length === before.length && kept.every((wire, index) => wire === before[index]) ? before : kept;
}

function isSameWire(one: Wire, other: Wire): boolean {
  return (
    one.target === other.target &&
    one.selected === other.selected &&
    one.data?.tone === other.data?.tone &&
    one.data?.mark === other.data?.mark &&
    one.data?.count === other.data?.count &&
    one.data?.route?.path === other.data?.route?.path
  );
}
