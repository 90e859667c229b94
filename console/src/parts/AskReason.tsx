import { type ReactNode, useState } from "react";

import { Field } from "./Field";
import { Form } from "./Form";
import { Popup } from "./Popup";
import { PopupActions } from "./PopupActions";
import { useSubmission } from "./submission";

type AskReasonProps = {
  readonly title: string;
  readonly action: string;
  readonly danger?: boolean;
  readonly label?: string;
  readonly hint?: string;
  /** What stands in the field first. */
  readonly reason?: string;
  /** Where the reason is in what is sent. */
  readonly pointer?: string;
  readonly wide?: boolean;
  readonly onDo: (reason: string) => Promise<unknown>;
  readonly onClose: () => void;
  readonly children: ReactNode;
};

/** Asks why before an operator does something that others will ask about; the reason stands in the audit trail. */
export function AskReason({ title, wide = false, onClose, ...rest }: AskReasonProps) {
  return (
    <Popup title={title} wide={wide} onClose={onClose}>
      <Reason {...rest} onDone={onClose} />
    </Popup>
  );
}

type ReasonProps = Omit<AskReasonProps, "title" | "wide" | "onClose"> & { readonly onDone: () => void };

function Reason({ action, danger = false, label = "Reason", hint, reason: first = "", pointer = "/reason", onDo, onDone, children }: ReasonProps) {
  const [reason, setReason] = useState(first);
  const submission = useSubmission(reason !== first);
  const faults = reason.trim() === "" ? { [pointer]: "Say why: it stands in the audit trail." } : {};
  return (
    <Form submission={submission} onSend={() => void submission.send(() => onDo(reason.trim()), onDone, faults)}>
      {children}
      <Field label={label} hint={hint} fault={submission.fault(pointer)}>
        {(wiring) => <textarea {...wiring} value={reason} maxLength={500} required onChange={(event) => setReason(event.target.value)} />}
      </Field>
      <PopupActions submission={submission} action={action} danger={danger} />
    </Form>
  );
}
