import type { FitViewOptions, Viewport } from "@xyflow/react";

import type { FlowGraph } from "../model/graph";
import { listFromStart } from "../model/order";

/** So many steps from the start are in view at first: all of a small flow, and of a large one as many as can be read. */
const FIRST = 8;

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
  const nodes = listFromStart(graph).slice(0, FIRST).map((id) => ({ id }));
  return { fitView: true, fitViewOptions: { padding: 0.08, minZoom: 0.45, maxZoom: 1, nodes } };
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
