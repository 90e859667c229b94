import type { ReactNode } from "react";

import { Popup } from "./Popup";
import { ProblemNote } from "./ProblemNote";
import { useSubmission } from "./submission";

type ConfirmProps = {
  readonly title: string;
  readonly action: string;
  readonly danger?: boolean;
  readonly onConfirm: () => Promise<unknown>;
  /** After it was done and the dialog is gone. */
  readonly onDone?: () => unknown;
  readonly onClose: () => void;
  readonly children: ReactNode;
};

/** Asks before something is done that is hard to undo, and says what follows from it. */
export function Confirm({ title, action, danger = false, onConfirm, onDone, onClose, children }: ConfirmProps) {
  const submission = useSubmission(false);

  async function done() {
    onClose();
    await onDone?.();
  }

  return (
    <Popup title={title} onClose={onClose}>
      {children}
      {submission.problem !== undefined && <ProblemNote problem={submission.problem} focus />}
      <div className="actions">
        <button
          type="button"
          className={danger ? "button danger" : "button primary"}
          disabled={submission.busy}
          onClick={() => void submission.send(onConfirm, done)}
        >
          {action}
        </button>
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
      </div>
    </Popup>
  );
}
