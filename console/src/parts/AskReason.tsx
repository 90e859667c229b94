import { type ReactNode, useState } from "react";

import { Problem } from "../api/problems";
import { Field } from "./Field";
import { Popup } from "./Popup";
import { ProblemNote } from "./ProblemNote";

type AskReasonProps = {
  readonly title: string;
  readonly action: string;
  readonly danger?: boolean;
  readonly onDo: (reason: string) => Promise<unknown>;
  readonly onClose: () => void;
  readonly children: ReactNode;
};

/** Asks why before an operator does something to somebody; the reason stands in the audit trail. */
export function AskReason({ title, action, danger = false, onDo, onClose, children }: AskReasonProps) {
  const [reason, setReason] = useState("");
  const [fault, setFault] = useState<string>();
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);

  async function send() {
    if (reason.trim() === "") {
      setFault("Say why: it stands in the audit trail.");
      return;
    }
    setBusy(true);
    setProblem(undefined);
    try {
      await onDo(reason.trim());
      onClose();
    } catch (error) {
      setFault(error instanceof Problem ? error.at("/reason") : undefined);
      setProblem(error);
      setBusy(false);
    }
  }

  return (
    <Popup title={title} onClose={onClose}>
      <form
        className="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        {children}
        {problem !== undefined && <ProblemNote problem={problem} focus />}
        <Field label="Reason" fault={fault}>
          {(wiring) => <textarea {...wiring} value={reason} maxLength={500} required onChange={(event) => setReason(event.target.value)} />}
        </Field>
        <div className="actions">
          <button type="submit" className={danger ? "button danger" : "button primary"} disabled={busy}>
            {action}
          </button>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Popup>
  );
}
