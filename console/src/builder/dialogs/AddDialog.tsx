import { listTypes } from "../palette/Palette";
import { readStepRef } from "../palette/stepRef";
import { Chooser } from "../parts/Chooser";
import { type Asked, useBuilder } from "../state/context";
import type { StepDialogProps } from "./props";

type AddProps = StepDialogProps & { readonly asked: Extract<Asked, { what: "add" }> };

/** Adds a step: by itself, after an exit, or on a wire. */
export function AddDialog({ asked, commands, onClose, onDone }: AddProps) {
  const { catalogue } = useBuilder();
  const where = asked.after
    ? `Add a step after ${asked.after.step} (${asked.after.outcome})`
    : asked.insert
      ? `Put a step after ${asked.insert.step} (${asked.insert.outcome})`
      : "Add a step";
  return (
    <Chooser
      title={where}
      label="Search steps"
      choices={listTypes(catalogue)}
      onClose={onClose}
      onChoose={(id) => {
        const ref = readStepRef(id);
        onClose();
        if (ref) onDone(commands.add(ref.kind, ref.subject, asked));
      }}
    />
  );
}
