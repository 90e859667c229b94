import { useReactFlow } from "@xyflow/react";
import { useCallback } from "react";

import { sizeOf, placeAll, toPixels } from "../model/geometry";
import { listPorts } from "../model/catalogue";
import { useBuilder } from "../state/context";
import type { View } from "../state/useGlobalKeys";

/** Gives the way to a step: brings it into view and puts the focus on it, on the drawing or in the outline. */
export function useGoTo(view: View): (step: string) => void {
  const { store, catalogue } = useBuilder();
  const { setCenter, getZoom, getViewport } = useReactFlow();
  return useCallback(
    (name: string) => {
      const { graph } = store.getState();
      const step = graph.steps.get(name);
      if (!step) return;
      if (view === "outline") {
        whenThere(`[data-outline="${CSS.escape(name)}"]`, (row) => {
          row.scrollIntoView({ block: "nearest" });
          row.focus();
        });
        return;
      }
      const place = toPixels(placeAll(graph).get(name) ?? { x: 0, y: 0 });
      const { width, height } = sizeOf(listPorts(step, catalogue));
      const window = document.querySelector(".b-canvas")?.getBoundingClientRect();
      const { x, y, zoom } = getViewport();
      const left = place.x * zoom + x;
      const top = place.y * zoom + y;
      const isInView =
        window !== undefined && left > 24 && top > 24 && left + width * zoom < window.width - 24 && top + height * zoom < window.height - 24;
      if (!isInView) void setCenter(place.x + width / 2, place.y + height / 2, { zoom: Math.max(getZoom(), 0.6) });
      whenThere(`[data-step="${CSS.escape(name)}"]`, (node) => node.focus({ preventScroll: true }));
    },
    [store, catalogue, view, setCenter, getZoom, getViewport],
  );
}

/** Waits a few frames for something that is about to be drawn. */
function whenThere(selector: string, then: (element: HTMLElement) => void, frames = 20): void {
  requestAnimationFrame(() => {
    const found = document.querySelector<HTMLElement>(selector);
    if (found) then(found);
    else if (frames > 0) whenThere(selector, then, frames - 1);
  });
}
