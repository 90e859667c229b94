import { type ReactNode, useState } from "react";

import { Popup } from "./Popup";
import { ProblemNote } from "./ProblemNote";

type ConfirmProps = {
  readonly title: string;
  readonly action: string;
  readonly danger?: boolean;
  readonly onConfirm: () => Promise<unknown>;
  readonly onClose: () => void;
  readonly children: ReactNode;
};

/** Asks before something is done that is hard to undo, and says what follows from it. */
export function Confirm({ title, action, danger = false, onConfirm, onClose, children }: ConfirmProps) {
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);

  async function confirm() {
    setBusy(true);
    setProblem(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  }

  return (
    <Popup title={title} onClose={onClose}>
      {children}
      {problem !== undefined && <ProblemNote problem={problem} focus />}
      <div className="actions">
        <button
          type="button"
          className={danger ? "button danger" : "button primary"}
          disabled={busy}
          onClick={() => void confirm()}
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
