import type { FitViewOptions, Viewport } from "@xyflow/react";

import { NODE_WIDTH, placeAll, toPixels } from "../model/geometry";
import type { FlowGraph } from "../model/graph";
import { listFromStart } from "../model/order";

/** At first there is room for so much beside the start, in pixels of the drawing: more of a large flow could not be read. */
const FIRST = { width: 1700, height: 1400 };
/** A step with its exits is about so high. */
const HEIGHT = 200;

/** How a flow is looked at is kept in this browser: it is nobody else's business, and makes no difference to the flow. */
export function recallViewport(
  flowId: string,
  graph: FlowGraph,
): { defaultViewport: Viewport } | { fitView: true; fitViewOptions: FitViewOptions } {
  const text = localStorage.getItem(keyOf(flowId));
  try {
    const found = JSON.parse(text ?? "null") as Viewport | null;
    if (found && [found.x, found.y, found.zoom].every((value) => Number.isFinite(value))) return { defaultViewport: found };
  } catch {
    // What cannot be read is as good as nothing.
  }
  const nodes = listFirst(graph).map((id) => ({ id }));
  return { fitView: true, fitViewOptions: { padding: 0.08, minZoom: 0.45, maxZoom: 1, nodes } };
}

/** Lists the start and the steps near it, as many of them in the order of a run as can be seen at once. */
export function listFirst(graph: FlowGraph): string[] {
  const places = placeAll(graph);
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
    if (wider.right - wider.left > FIRST.width || wider.bottom - wider.top > FIRST.height) continue;
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
