import type { FitViewOptions, Viewport } from "@xyflow/react";

import { NODE_WIDTH, placeAll, toPixels } from "../model/geometry";
import type { FlowGraph } from "../model/graph";
import { listFromStart } from "../model/order";

/** At this zoom a step can just be read. */
const READABLE = 0.45;
/** What stands beside the drawing in a wide window, and above it, in pixels. */
const BESIDE = { width: 390, palette: 232, height: 100 };
const WIDE = 1024;
/** A step with its exits is about so high. */
const HEIGHT = 200;

/** How a flow is looked at is kept in this browser: it is nobody else's business, and makes no difference to the flow. */
export function recallViewport(
  flowId: string,
  graph: FlowGraph,
  hasPalette: boolean,
): { defaultViewport: Viewport } | { fitView: true; fitViewOptions: FitViewOptions } {
  const text = localStorage.getItem(keyOf(flowId));
  try {
    const found = JSON.parse(text ?? "null") as Viewport | null;
    if (found && [found.x, found.y, found.zoom].every((value) => Number.isFinite(value))) return { defaultViewport: found };
  } catch {
    // What cannot be read is as good as nothing.
  }
  const nodes = listFirst(graph, hasPalette).map((id) => ({ id }));
  return { fitView: true, fitViewOptions: { padding: 0.08, minZoom: READABLE, maxZoom: 1, nodes } };
}

/** Lists the start and the steps near it, as many of them in the order of a run as can be seen at once. */
export function listFirst(graph: FlowGraph, hasPalette: boolean): string[] {
  const places = placeAll(graph);
  const width = (innerWidth < WIDE ? innerWidth : innerWidth - BESIDE.width - (hasPalette ? BESIDE.palette : 0)) / READABLE;
  const height = (innerHeight - BESIDE.height) / READABLE;
  const names: string[] = [];
  let box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const name of listFromStart(graph)) {
    const { x, y } = toPixels(places.get(name) ?? { x: 0, y: 0 });
    const wider = {
      left: Math.min(box.left, x),
      top: Math.min(box.top, y),
      right: Math.max(box.right, x + NODE_WIDTH),
      bottom: Math.max(box.bottom, y + HEIGHT),
    };
    if (wider.right - wider.left > width || wider.bottom - wider.top > height) continue;
    box = wider;
    names.push(name);
  }
  return names;
}

export function rememberViewport(flowId: string, viewport: Viewport): void {
  try {
    localStorage.setItem(keyOf(flowId), JSON.stringify(viewport));
  } catch {
    // A full store loses a view, and nothing else.
  }
}

function keyOf(flowId: string): string {
  return `idp.builder.view.${flowId}`;
}
