import { createContext, type ReactNode, useContext } from "react";

import type { FlowChecked, Variable } from "../data/shapes";
import type { Catalogue } from "../model/catalogue";
import type { ExitRef } from "../model/edits";
import type { Position } from "../model/graph";
import { type BuilderState, type BuilderStore, useSlice } from "./store";

/** A question that one of the dialogs answers. */
export type Asked =
  | { what: "add"; after?: ExitRef; insert?: ExitRef; position?: Position }
  | { what: "connect"; exit: ExitRef }
  | { what: "move"; step: string }
  | { what: "rename"; step: string }
  | { what: "find" }
  | { what: "shortcuts" }
  | { what: "publish" }
  | { what: "discard" }
  | { what: "import" }
  | { what: "templates" };

/** What every part of the builder can reach. */
export interface Builder {
  store: BuilderStore;
  catalogue: Catalogue;
  variables: readonly Variable[];
  flowId: string;
  ask: (asked: Asked) => void;
  /** Shows the flow that a step embeds, in place, with a way back. */
  lookInside: (step: string) => void;
  /** Brings a step into view and puts the focus on it. */
  goTo: (step: string) => void;
  /** Brings steps into view and leaves the focus where it is. */
  reveal: (steps: readonly string[]) => void;
}

const BuilderContext = createContext<Builder | null>(null);
const CheckContext = createContext<FlowChecked | null>(null);

export function BuilderProvider({ value, children }: { readonly value: Builder; readonly children: ReactNode }) {
  return <BuilderContext value={value}>{children}</BuilderContext>;
}

export function CheckProvider({ value, children }: { readonly value: FlowChecked | null; readonly children: ReactNode }) {
  return <CheckContext value={value}>{children}</CheckContext>;
}

export function useBuilder(): Builder {
  const builder = useContext(BuilderContext);
  if (!builder) throw new Error("This is a part of the builder and stands inside BuilderProvider.");
  return builder;
}

/** What the server's checker last said of the text, null while it has said nothing. */
export function useCheck(): FlowChecked | null {
  return useContext(CheckContext);
}

export function useBuilderState<T>(slice: (state: BuilderState) => T): T {
  return useSlice(useBuilder().store, slice);
}
