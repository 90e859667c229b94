import dagre from "@dagrejs/dagre";
import type { FlowGraph, Position } from "./graph";
import { type Size, toUnits } from "./geometry";
import { findBackward, listFromStart } from "./order";

/** An end that more steps than this lead to stands behind the last of them, and the others do not pull at it. */
const MOST_PULLS = 3;

/** Lays the steps out from left to right, in the direction of a run, and returns their positions in units. */
export function tidy(graph: FlowGraph, sizes: ReadonlyMap<string, Size>): Map<string, Position> {
  const drawing = new dagre.graphlib.Graph();
  drawing.setGraph({ rankdir: "LR", nodesep: 28, ranksep: 96, marginx: 0, marginy: 0 });
  drawing.setDefaultEdgeLabel(() => ({}));
  for (const name of listFromStart(graph)) {
    drawing.setNode(name, { ...(sizes.get(name) ?? { width: 216, height: 80 }) });
  }
  for (const { from, to, weight } of listPulls(graph)) drawing.setEdge(from, to, { weight });
  dagre.layout(drawing);
  const positions = new Map<string, Position>();
  for (const name of graph.steps.keys()) {
    const node = drawing.node(name) as { x: number; y: number; width: number; height: number };
    positions.set(name, toUnits({ x: node.x - node.width / 2, y: node.y - node.height / 2 }));
  }
  return positions;
}

interface Pull {
  from: string;
  to: string;
  weight: number;
}

/**
 * Lists what places the steps: one pull between two steps however many exits lead there, none of the ways back, and of the
 * many ways to a common end the longest, which has it stand right of all the others.
 */
function listPulls(graph: FlowGraph): Pull[] {
  const back = findBackward(graph);
  const pulls = new Map<string, Pull[]>([...graph.steps.keys()].map((name) => [name, []]));
  for (const step of graph.steps.values()) {
    step.exits.forEach(({ outcome, target }, index) => {
      // Ways back do not pull steps about: what goes on goes to the right.
      if (target === null || back.has(`${step.id} ${outcome}`)) return;
      const there = pulls.get(target);
      const known = there?.find((one) => one.from === step.id);
      if (known) known.weight += 1;
      else there?.push({ from: step.id, to: target, weight: index === 0 ? 4 : 1 });
    });
  }
  const depths = new Map<string, number>();
  const depthOf = (name: string): number => {
    const known = depths.get(name);
    if (known !== undefined) return known;
    const depth = Math.max(0, ...(pulls.get(name) ?? []).map(({ from }) => depthOf(from) + 1));
    depths.set(name, depth);
    return depth;
  };
  return [...pulls].flatMap(([name, there]) => {
    if (graph.steps.get(name)?.kind !== "end" || there.length <= MOST_PULLS) return there;
    const [last] = [...there].sort((one, two) => depthOf(two.from) - depthOf(one.from));
    return last ? [last] : [];
  });
}
