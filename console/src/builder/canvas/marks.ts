import type { DryRun, FlowChange, FlowProblem } from "../data/shapes";

export type Mark = "offending" | "passed" | "current" | "added" | "changed";

/** What is lit up on the drawing, by step and by exit, and numbers that stand on the edges. */
export interface Marks {
  steps: ReadonlyMap<string, Mark>;
  exits: ReadonlyMap<string, Mark>;
  counts: ReadonlyMap<string, string>;
  /** What stands on a step instead of its settings. */
  notes: ReadonlyMap<string, string>;
}

export const NO_MARKS: Marks = { steps: new Map(), exits: new Map(), counts: new Map(), notes: new Map() };

const BREAK = "\u0000";

export function exitKey(step: string, outcome: string): string {
  return step + BREAK + outcome;
}

export function splitKey(key: string): { step: string; outcome: string } {
  const [step = "", outcome = ""] = key.split(BREAK);
  return { step, outcome };
}

/** The step of this flow that a name stands for: a step of an embedded flow is found at the step that embeds it. */
export function outerStep(name: string): string {
  return name.split(".")[0] ?? name;
}

/** Lights up the path that shows the harm. */
export function markProblem(problem: FlowProblem): Marks {
  const steps = new Map<string, Mark>();
  const exits = new Map<string, Mark>();
  for (const { step, outcome } of problem.path) {
    steps.set(outerStep(step), "offending");
    if (outcome !== null) exits.set(exitKey(outerStep(step), outcome), "offending");
  }
  if (problem.step !== null) steps.set(outerStep(problem.step), "offending");
  return { ...NO_MARKS, steps, exits };
}

/** Lights up the steps of a dry run up to one of them. */
export function markRun(run: DryRun, at: number): Marks {
  const steps = new Map<string, Mark>();
  const exits = new Map<string, Mark>();
  run.steps.slice(0, at + 1).forEach((traced, index) => {
    const name = outerStep(traced.step);
    steps.set(name, index === at ? "current" : (steps.get(name) ?? "passed"));
    if (traced.outcome !== null && index < at) exits.set(exitKey(name, traced.outcome), "passed");
  });
  return { ...NO_MARKS, steps, exits };
}

/** Lights up what differs from another version. What was removed is not in the drawing; the list names it. */
export function markChanges(changes: readonly FlowChange[]): Marks {
  const steps = new Map<string, Mark>();
  const exits = new Map<string, Mark>();
  for (const { area, kind, place } of changes) {
    const [step, outcome] = place;
    if (step === undefined || kind === "removed") continue;
    if (area === "steps") steps.set(step, kind);
    if (area === "edges" && outcome !== undefined) {
      exits.set(exitKey(step, outcome), kind);
      if (!steps.has(step)) steps.set(step, "changed");
    }
  }
  return { ...NO_MARKS, steps, exits };
}
