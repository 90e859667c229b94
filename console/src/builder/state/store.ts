import { temporal } from "zundo";
import { createStore, useStore } from "zustand";

import type { ExitRef } from "../model/edits";
import { type FlowGraph, readGraph, type Step } from "../model/graph";
import { editText, type FlowDocument, readText, type TextFault } from "../model/text";

/** How many edits can be undone. */
export const UNDO_LIMIT = 200;
/** Typing within this time is undone in one go. */
const BURST_MS = 900;

export interface BuilderState {
  /** The truth: everything that is drawn is read from it, and it is what is saved. */
  text: string;
  /** The drawing of the text, or the last one that there was while the text cannot be read. */
  graph: FlowGraph;
  faults: TextFault[];
  selected: readonly string[];
  selectedExit: ExitRef | null;
  readOnly: boolean;
  announcement: string;
  /** Applies an edit by drawing, and says so to people who cannot see it. Does nothing if nothing may be changed. */
  edit: (change: (doc: FlowDocument) => void, said?: string) => void;
  /** Takes over what was typed as text. */
  type: (text: string, now: number) => void;
  /** Replaces the text by another one, as one edit: an import, a template, somebody else's version. */
  replace: (text: string, said: string) => void;
  select: (steps: readonly string[], exit?: ExitRef | null) => void;
  announce: (said: string) => void;
}

export type BuilderStore = ReturnType<typeof createBuilderStore>;

/** Makes the state of one flow that is being edited, or only looked at. */
export function createBuilderStore(text: string, readOnly = false) {
  let lastTyped = -Infinity;
  return createStore<BuilderState>()(
    temporal(
      (set, get, store) => ({
        ...draw(text, null),
        selected: [],
        selectedExit: null,
        readOnly,
        announcement: "",
        edit: (change, said) => {
          const state = get();
          if (state.readOnly || state.faults.length > 0) return;
          lastTyped = -Infinity;
          const next = editText(state.text, change);
          if (next !== state.text) set(draw(next, state.graph));
          if (said !== undefined) get().announce(said);
        },
        type: (next, now) => {
          const state = get();
          if (state.readOnly || next === state.text) return;
          const history = (store as unknown as BuilderStore).temporal.getState();
          const isBurst = now - lastTyped < BURST_MS;
          lastTyped = now;
          if (isBurst) history.pause();
          set(draw(next, state.graph));
          if (isBurst) history.resume();
        },
        replace: (next, said) => {
          if (get().readOnly) return;
          lastTyped = -Infinity;
          set({ ...draw(next, get().graph), selected: [], selectedExit: null });
          get().announce(said);
        },
        select: (selected, selectedExit = null) => {
          const state = get();
          if (isSame(state.selected, selected) && isSameExit(state.selectedExit, selectedExit)) return;
          set({ selected, selectedExit });
        },
        // The same words twice in a row are said twice only if they differ.
        announce: (said) => set({ announcement: get().announcement === said ? `${said} ` : said }),
      }),
      {
        limit: UNDO_LIMIT,
        partialize: ({ text: part, graph, faults }) => ({ text: part, graph, faults }),
        equality: (one, other) => one.text === other.text,
      },
    ),
  );
}

/** Reads a slice of the state; the component is drawn again only if that changes. */
export function useSlice<T>(store: BuilderStore, slice: (state: BuilderState) => T): T {
  return useStore(store, slice);
}

function draw(text: string, before: FlowGraph | null): Pick<BuilderState, "text" | "graph" | "faults"> {
  const { doc, faults } = readText(text);
  if (faults.length > 0 && before) return { text, graph: before, faults };
  return { text, graph: shareSteps(readGraph(doc), before), faults };
}

/** Keeps the object of every step that did not change, so that only what changed is drawn again. */
function shareSteps(graph: FlowGraph, before: FlowGraph | null): FlowGraph {
  if (!before) return graph;
  const steps = new Map<string, Step>();
  for (const [name, step] of graph.steps) {
    const old = before.steps.get(name);
    steps.set(name, old && JSON.stringify(old) === JSON.stringify(step) ? old : step);
  }
  return { ...graph, steps };
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, index) => name === other[index]);
}

function isSameExit(one: ExitRef | null, other: ExitRef | null): boolean {
  return one?.step === other?.step && one?.outcome === other?.outcome;
}
