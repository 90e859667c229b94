import type { Port } from "./catalogue";
import type { FlowGraph, Position } from "./graph";

/** Documents place steps on a grid that is narrower than the drawing: one unit is so many pixels. */
export const UNIT: Position = { x: 1.3, y: 1.6 };
/** Pixels that a step moves by: whole units in the document. */
export const GRID: [number, number] = [13, 16];

export const NODE_WIDTH = 216;
export const HEAD_HEIGHT = 46;
export const FACT_HEIGHT = 20;
export const PORT_HEIGHT = 22;
const NODE_PADDING = 6;

export interface Size {
  width: number;
  height: number;
}

/** Works out how large a step is drawn, so that tidying needs no measuring: its head, its settings, its exits. */
export function sizeOf(ports: readonly Port[], hasFacts = true): Size {
  const body = ports.length * PORT_HEIGHT + NODE_PADDING;
  return { width: NODE_WIDTH, height: HEAD_HEIGHT + (hasFacts ? FACT_HEIGHT : 0) + body };
}

export function toPixels(position: Position): Position {
  return { x: position.x * UNIT.x, y: position.y * UNIT.y };
}

export function toUnits(pixels: Position): Position {
  return { x: Math.round(pixels.x / UNIT.x), y: Math.round(pixels.y / UNIT.y) };
}

/**
 * Returns a position for every step, in units: its own from the text, else one to the right of a step that leads to
 * it, below whatever stands there.
 */
export function placeAll(graph: FlowGraph): Map<string, Position> {
  const placed = new Map<string, Position>();
  for (const name of graph.steps.keys()) {
    const position = graph.layout.get(name);
    if (position) placed.set(name, position);
  }
  let bottom = Math.max(0, ...[...placed.values()].map((position) => position.y + 160));
  for (const name of graph.steps.keys()) {
    if (placed.has(name)) continue;
    const before = findPlacedSource(graph, placed, name);
    if (before) {
      placed.set(name, findRoom(placed, { x: before.x + 240, y: before.y }));
    } else {
      placed.set(name, findRoom(placed, { x: 0, y: placed.size === 0 ? 0 : bottom }));
      bottom += 160;
    }
  }
  return placed;
}

/** Moves down until nothing stands there. */
export function findRoom(placed: ReadonlyMap<string, Position>, wanted: Position): Position {
  const position = { ...wanted };
  const isTaken = () =>
    [...placed.values()].some((other) => Math.abs(other.x - position.x) < 176 && Math.abs(other.y - position.y) < 120);
  while (isTaken()) position.y += 40;
  return position;
}

function findPlacedSource(graph: FlowGraph, placed: ReadonlyMap<string, Position>, name: string): Position | null {
  for (const step of graph.steps.values()) {
    const position = placed.get(step.id);
    if (position && step.exits.some((exit) => exit.target === name)) return position;
  }
  return null;
}
