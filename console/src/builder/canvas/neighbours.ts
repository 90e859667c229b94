import { placeAll } from "../model/geometry";
import type { FlowGraph } from "../model/graph";

/** Steps whose places differ by less stand in one column, in units. */
const COLUMN = 160;

export type Direction = "forward" | "back" | "up" | "down";

/**
 * Returns the step to go to with an arrow key: forward along the exits, back to what leads here, up and down through the
 * columns of the drawing. Null if there is none.
 */
export function findNeighbour(graph: FlowGraph, from: string, direction: Direction): string | null {
  const step = graph.steps.get(from);
  if (!step) return null;
  if (direction === "forward") {
    const targets = step.exits.map((exit) => exit.target);
    return targets.find((name) => name !== null && name !== from && graph.steps.has(name)) ?? null;
  }
  if (direction === "back") {
    for (const one of graph.steps.values()) {
      if (one.id !== from && one.exits.some((exit) => exit.target === from)) return one.id;
    }
    return null;
  }
  return findVertical(graph, from, direction === "down" ? 1 : -1);
}

/** Down the column, then on at the top of the next one, so that every step can be reached. */
function findVertical(graph: FlowGraph, from: string, sign: 1 | -1): string | null {
  const order = [...placeAll(graph)].sort(([, one], [, two]) => columnOf(one.x) - columnOf(two.x) || one.y - two.y);
  const at = order.findIndex(([name]) => name === from);
  return order[at + sign]?.[0] ?? null;
}

function columnOf(x: number): number {
  return Math.round(x / COLUMN);
}
