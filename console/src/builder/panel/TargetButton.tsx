import type { ExitRef } from "../model/edits";
import { SignGlyph } from "../parts/Glyph";
import { useBuilder } from "../state/context";

interface TargetButtonProps {
  readonly exit: ExitRef;
  readonly target: string | null;
  readonly disabled: boolean;
  readonly required?: boolean;
}

/** Where an exit leads, and the door to change it. */
export function TargetButton({ exit, target, disabled, required = true }: TargetButtonProps) {
  const { ask } = useBuilder();
  return (
    <button
      type="button"
      className="b-target"
      data-free={target === null || undefined}
      data-missing={(target === null && required) || undefined}
      disabled={disabled}
      aria-label={`${exit.step}, ${exit.outcome}: leads to ${target ?? "nothing"}. Change …`}
      onClick={() => ask({ what: "connect", exit })}
    >
      <SignGlyph sign="link" size={14} />
      {target ?? "Connect to …"}
    </button>
  );
}
