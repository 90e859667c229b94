import { useReactFlow } from "@xyflow/react";
import { useMemo } from "react";

import { listPorts } from "../model/catalogue";
import { placeAll, sizeOf, toPixels } from "../model/geometry";
import { useBuilder } from "../state/context";
import type { View } from "../state/useGlobalKeys";

export interface Ways {
  /** Brings a step into view and puts the focus on it. */
  goTo: (step: string) => void;
  /** Brings steps into view and leaves the focus where it is. */
  reveal: (steps: readonly string[]) => void;
}

/** The ways to steps, on the drawing and in the outline. */
export function useWays(view: View): Ways {
  const { store, catalogue } = useBuilder();
  const { fitBounds, setCenter, getViewport } = useReactFlow();
  return useMemo(() => {
    const reveal = (names: readonly string[]) => {
      if (view === "outline") {
        whenThere(outlineRow(names.at(-1) ?? ""), (row) => row.scrollIntoView({ block: "nearest" }));
        return;
      }
      const box = findBox(names);
      const window = document.querySelector(".b-canvas")?.getBoundingClientRect();
      if (!box || !window) return;
      const { x, y, zoom } = getViewport();
      const left = box.x * zoom + x;
      const top = box.y * zoom + y;
      const fits = left > 24 && top > 24 && left + box.width * zoom < window.width - 24 && top + box.height * zoom < window.height - 24;
      if (fits) return;
      const isSmall = box.width * zoom < window.width - 96 && box.height * zoom < window.height - 96;
      if (isSmall && zoom >= 0.4) void setCenter(box.x + box.width / 2, box.y + box.height / 2, { zoom });
      else void fitBounds(box, { padding: 0.15 });
    };
    const goTo = (name: string) => {
      reveal([name]);
      whenThere(view === "outline" ? outlineRow(name) : `[data-step="${CSS.escape(name)}"]`, (element) => {
        element.focus({ preventScroll: view !== "outline" });
      });
    };
    const findBox = (names: readonly string[]) => {
      const { graph } = store.getState();
      const places = placeAll(graph);
      const corners = names.flatMap((name) => {
        const step = graph.steps.get(name);
        const place = places.get(name);
        if (!step || !place) return [];
        const { x, y } = toPixels(place);
        const { width, height } = sizeOf(listPorts(step, catalogue));
        return [{ left: x, top: y, right: x + width, bottom: y + height }];
      });
      if (corners.length === 0) return null;
      const x = Math.min(...corners.map((one) => one.left));
      const y = Math.min(...corners.map((one) => one.top));
      const width = Math.max(...corners.map((one) => one.right)) - x;
      const height = Math.max(...corners.map((one) => one.bottom)) - y;
      return { x, y, width, height };
    };
    return { goTo, reveal };
  }, [store, catalogue, view, fitBounds, setCenter, getViewport]);
}

function outlineRow(name: string): string {
  return `[data-outline="${CSS.escape(name)}"]`;
}

/** Waits a few frames for something that is about to be drawn. */
function whenThere(selector: string, then: (element: HTMLElement) => void, frames = 20): void {
  requestAnimationFrame(() => {
    const found = document.querySelector<HTMLElement>(selector);
    if (found) then(found);
    else if (frames > 0) whenThere(selector, then, frames - 1);
  });
}
