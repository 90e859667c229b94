import type { OutcomeType, StepGroup, StepType } from "./catalogue";
import type { StepKind } from "./graph";

/** A step type for tests, about which nothing else is known. */
export function makeType(kind: StepKind, name: string, outcomes: OutcomeType[], more: Partial<StepType> = {}): StepType {
  return {
    kind,
    name,
    title: name,
    summary: "",
    outcomes,
    any_of: [],
    options_schema: {},
    step_schema: {},
    proves: [],
    evidence: [],
    amr: [],
    needs: [],
    connector_type: null,
    ...more,
  };
}

export function makeGroup(id: string, types: StepType[]): StepGroup {
  return { id, title: id, types };
}
