import type { Commands } from "../state/commands";

/** What a dialog of the builder gets: `onDone` is told the step that has the focus afterwards. */
export interface StepDialogProps {
  readonly commands: Commands;
  readonly onClose: () => void;
  readonly onDone: (step: string) => void;
}

export type OneStepProps = StepDialogProps & { readonly step: string };
