import type { BuilderStore } from "./store";

/** A version that is looked at: one of this flow, or of a flow that `step` embeds. */
export interface Looked {
  readonly flow: string;
  readonly number: number;
  readonly step: string | null;
  readonly text: string;
  readonly store: BuilderStore;
}
