import { useState } from "react";

import { Problem } from "../../api/problems";
import { Field } from "../../parts/Field";
import { Popup } from "../../parts/Popup";
import { ProblemNote } from "../../parts/ProblemNote";
import { LOCALES, sendInvitation } from "./invitations";

type InviteDialogProps = { readonly onClose: () => void; readonly onSent: (email: string) => void };

/** Mails somebody a link with which they make an account for their address. */
export function InviteDialog({ onClose, onSent }: InviteDialogProps) {
  const [email, setEmail] = useState("");
  const [locale, setLocale] = useState("en");
  const [fault, setFault] = useState<string>();
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);

  async function send() {
    const address = email.trim();
    if (!/^\S+@\S+$/.test(address)) {
      setFault("Give an e-mail address, as name@example.com.");
      return;
    }
    setBusy(true);
    setFault(undefined);
    setProblem(undefined);
    try {
      await sendInvitation(address, locale);
      onSent(address);
    } catch (error) {
      setFault(error instanceof Problem ? error.at("/email") : undefined);
      setProblem(error);
      setBusy(false);
    }
  }

  return (
    <Popup title="Invite somebody" onClose={onClose}>
      <form
        className="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <p>They get a link by mail. It works once, for seven days, and makes an account for this address alone.</p>
        {problem !== undefined && <ProblemNote problem={problem} focus />}
        <Field label="E-mail address" fault={fault}>
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
        <div className="actions">
          <button type="submit" className="button primary" disabled={busy}>
            Send the invitation
          </button>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Popup>
  );
}
