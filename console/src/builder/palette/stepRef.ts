import { KINDS, type StepKind } from "../model/graph";

/** What is dragged from the palette: the kind and the name of a step type. */
export const STEP_DRAG = "application/x-idp-step";

export interface StepRef {
  kind: StepKind;
  subject: string;
}

export function writeStepRef(kind: StepKind, subject: string): string {
  return `${kind}:${subject}`;
}

export function readStepRef(text: string): StepRef | null {
  const [kind, ...rest] = text.split(":");
  const known = KINDS.find((one) => one === kind);
  return known ? { kind: known, subject: rest.join(":") } : null;
}
