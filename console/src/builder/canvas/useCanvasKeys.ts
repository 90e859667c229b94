import { type KeyboardEvent, useCallback } from "react";

import { listPorts } from "../model/catalogue";
import type { Commands } from "../state/commands";
import { useBuilder } from "../state/context";
import { focusPanel } from "./Canvas";
import { type Direction, findNeighbour } from "./neighbours";

const DIRECTIONS: Record<string, Direction> = {
  ArrowRight: "forward",
  ArrowLeft: "back",
  ArrowUp: "up",
  ArrowDown: "down",
};
const NUDGES: Record<string, [number, number]> = {
  ArrowRight: [10, 0],
  ArrowLeft: [-10, 0],
  ArrowUp: [0, -10],
  ArrowDown: [0, 10],
};

/** What keys do while the focus is on a step of the drawing. */
export function useCanvasKeys(commands: Commands, goTo: (step: string) => void) {
  const { store, ask, catalogue } = useBuilder();
  return useCallback(
    (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const id = target.closest<HTMLElement>("[data-step]")?.dataset["step"];
      if (id === undefined || event.ctrlKey || event.metaKey) return;
      const isOnStep = target.dataset["step"] === id;
      const { graph, selected, select } = store.getState();
      const step = graph.steps.get(id);
      if (!step) return;
      const done = () => {
        event.preventDefault();
        event.stopPropagation();
      };
      const direction = DIRECTIONS[event.key];
      if (direction && event.altKey) {
        const [x, y] = NUDGES[event.key] ?? [0, 0];
        commands.nudge(selected.includes(id) ? selected : [id], { x, y });
        done();
      } else if (direction) {
        const next = findNeighbour(graph, id, direction);
        if (next) {
          select(event.shiftKey ? [...new Set([...selected, next])] : [next]);
          goTo(next);
        }
        done();
      } else if (!isOnStep) {
        return;
      } else if (event.key === "Enter") {
        select([id]);
        focusPanel(id);
        done();
      } else if (event.key === " ") {
        select(selected.includes(id) ? selected.filter((name) => name !== id) : [...selected, id]);
        done();
      } else if (event.key === "c" || event.key === "a") {
        const ports = listPorts(step, catalogue);
        const port = ports.find((one) => one.target === null && one.required) ?? ports.find((one) => one.target === null) ?? ports[0];
        if (!port) return;
        const exit = { step: id, outcome: port.outcome };
        ask(event.key === "c" ? { what: "connect", exit } : { what: "add", after: exit });
        done();
      } else if (event.key === "m") {
        ask({ what: "move", step: id });
        done();
      } else if (event.key === "F2" || event.key === "r") {
        ask({ what: "rename", step: id });
        done();
      }
    },
    [store, ask, catalogue, commands, goTo],
  );
}
