import dagre from "@dagrejs/dagre";
import type { FlowGraph, Position } from "./graph";
import { type Size, toUnits } from "./geometry";
import { findBackward, listFromStart } from "./order";

/** Lays the steps out from left to right, in the direction of a run, and returns their positions in units. */
export function tidy(graph: FlowGraph, sizes: ReadonlyMap<string, Size>): Map<string, Position> {
  const drawing = new dagre.graphlib.Graph({ multigraph: true });
  drawing.setGraph({ rankdir: "LR", nodesep: 28, ranksep: 96, marginx: 0, marginy: 0 });
  drawing.setDefaultEdgeLabel(() => ({}));
  for (const name of listFromStart(graph)) {
    drawing.setNode(name, { ...(sizes.get(name) ?? { width: 216, height: 80 }) });
  }
  const back = findBackward(graph);
  for (const step of graph.steps.values()) {
    step.exits.forEach(({ outcome, target }, index) => {
      // Ways back do not pull steps about: what goes on goes to the right.
      if (target === null || !graph.steps.has(target) || back.has(`${step.id} ${outcome}`)) return;
      drawing.setEdge(step.id, target, { weight: index === 0 ? 4 : 1 }, outcome);
    });
  }
  dagre.layout(drawing);
  const positions = new Map<string, Position>();
  for (const name of graph.steps.keys()) {
    const node = drawing.node(name) as { x: number; y: number; width: number; height: number };
    positions.set(name, toUnits({ x: node.x - node.width / 2, y: node.y - node.height / 2 }));
  }
  return positions;
}
