import { useState } from "react";

import { Field } from "../../parts/Field";
import { Form } from "../../parts/Form";
import { Popup } from "../../parts/Popup";
import { PopupActions } from "../../parts/PopupActions";
import { type Faults, useSubmission } from "../../parts/submission";
import { LOCALES, sendInvitation } from "./invitations";

type InviteDialogProps = { readonly onClose: () => void; readonly onSent: (email: string) => void };

/** Mails somebody a link with which they make an account for their address. */
export function InviteDialog({ onClose, onSent }: InviteDialogProps) {
  return (
    <Popup title="Invite somebody" onClose={onClose}>
      <Invite onSent={onSent} />
    </Popup>
  );
}

function Invite({ onSent }: Pick<InviteDialogProps, "onSent">) {
  const [email, setEmail] = useState("");
  const [locale, setLocale] = useState("en");
  const submission = useSubmission(email !== "");

  function send() {
    const address = email.trim();
    const faults: Faults = /^\S+@\S+$/.test(address) ? {} : { "/email": "Give an e-mail address, as name@example.com." };
    return submission.send(() => sendInvitation(address, locale), () => onSent(address), faults);
  }

  return (
    <Form submission={submission} onSend={() => void send()}>
      <p>They get a link by mail. It works once, for seven days, and makes an account for this address alone.</p>
      <Field label="E-mail address" fault={submission.fault("/email")}>
        {(wiring) => (
          <input {...wiring} type="email" value={email} maxLength={254} required autoComplete="off" onChange={(event) => setEmail(event.target.value)} />
        )}
      </Field>
      <Field label="Language of the mail">
        {(wiring) => (
          <select {...wiring} value={locale} onChange={(event) => setLocale(event.target.value)}>
            {Object.entries(LOCALES).map(([tag, name]) => (
              <option key={tag} value={tag}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <PopupActions submission={submission} action="Send the invitation" />
    </Form>
  );
}
