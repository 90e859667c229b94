import dagre from "@dagrejs/dagre";
import type { FlowGraph, Position } from "./graph";
import { type Size, toUnits } from "./geometry";

/** Lays the steps out from left to right, in the direction of a run, and returns their positions in units. */
export function tidy(graph: FlowGraph, sizes: ReadonlyMap<string, Size>): Map<string, Position> {
  const drawing = new dagre.graphlib.Graph({ multigraph: true });
  drawing.setGraph({ rankdir: "LR", nodesep: 28, ranksep: 96, marginx: 0, marginy: 0 });
  drawing.setDefaultEdgeLabel(() => ({}));
  for (const name of listFromStart(graph)) {
    drawing.setNode(name, { ...(sizes.get(name) ?? { width: 216, height: 80 }) });
  }
  for (const step of graph.steps.values()) {
    for (const { outcome, target } of step.exits) {
      if (target === null || !graph.steps.has(target) || target === step.id) continue;
      drawing.setEdge(step.id, target, { weight: 1 }, outcome);
    }
  }
  dagre.layout(drawing);
  const positions = new Map<string, Position>();
  for (const name of graph.steps.keys()) {
    const node = drawing.node(name) as { x: number; y: number; width: number; height: number };
    positions.set(name, toUnits({ x: node.x - node.width / 2, y: node.y - node.height / 2 }));
  }
  return positions;
}

/** Lists the steps as a run can meet them, the start first, so that the way forward is drawn forward. */
export function listFromStart(graph: FlowGraph): string[] {
  const seen = new Set<string>();
  const queue = graph.steps.has(graph.head.start) ? [graph.head.start] : [];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    if (seen.has(at)) continue;
    seen.add(at);
    for (const { target } of graph.steps.get(at)?.exits ?? []) {
      if (target !== null && graph.steps.has(target)) queue.push(target);
    }
  }
  for (const name of graph.steps.keys()) seen.add(name);
  return [...seen];
}
