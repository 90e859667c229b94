import { useState } from "react";

import { outerStep } from "../canvas/marks";
import type { FlowChecked, FlowProblem } from "../data/shapes";
import { useCheck } from "../state/context";

type ByStep = ReadonlyMap<string, readonly FlowProblem[]>;

/** What the checker says of each step. A step of which it says the same as before keeps its list, and is not drawn anew. */
export function useProblemsByStep(): ByStep {
  const check = useCheck();
  const [known, setKnown] = useState<{ check: FlowChecked | null; byStep: ByStep }>({ check: null, byStep: new Map() });
  if (known.check === check) return known.byStep;
  const byStep = groupByStep(check?.problems ?? [], known.byStep);
  setKnown({ check, byStep });
  return byStep;
}

function groupByStep(problems: readonly FlowProblem[], before: ByStep): ByStep {
  const byStep = new Map<string, FlowProblem[]>();
  for (const problem of problems) {
    if (problem.step === null) continue;
    const name = outerStep(problem.step);
    byStep.set(name, [...(byStep.get(name) ?? []), problem]);
  }
  return new Map(
    [...byStep].map(([name, found]) => {
      const old = before.get(name);
      return [name, old && JSON.stringify(old) === JSON.stringify(found) ? old : found];
    }),
  );
}
