import { placeAll } from "../model/geometry";
import type { FlowGraph } from "../model/graph";

export type Direction = "forward" | "back" | "up" | "down";

/**
 * Returns the step to go to with an arrow key: forward along the exits, back to where one came from, up and down to the
 * nearest step above or below. Null if there is none.
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

function findVertical(graph: FlowGraph, from: string, sign: 1 | -1): string | null {
  const places = placeAll(graph);
  const here = places.get(from);
  if (!here) return null;
  let best: string | null = null;
  let least = Infinity;
  for (const [name, place] of places) {
    const down = (place.y - here.y) * sign;
    if (name === from || down <= 0) continue;
    const distance = down + Math.abs(place.x - here.x) * 2;
    if (distance < least) {
      least = distance;
      best = name;
    }
  }
  return best;
}
