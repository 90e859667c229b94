import { type ReactNode, type Ref, useState } from "react";

import { Field } from "./Field";
import { Form } from "./Form";
import { Icon } from "./Icon";
import { ProblemNote } from "./ProblemNote";
import { type Faults, useSubmission } from "./submission";

export type Opinion = { readonly faults: readonly string[]; readonly warnings?: readonly string[] };

type DocumentEditorProps = {
  readonly label: string;
  /** The text as it was when somebody began to write. */
  readonly text: string;
  readonly typed: string;
  readonly onType: (text: string) => void;
  /** Something beside the text that is not saved either. */
  readonly dirty?: boolean;
  readonly mayWrite: boolean;
  readonly onCheck?: (text: string) => Promise<Opinion>;
  /** Save the text; `etag` is given where somebody chose to overwrite what another saved meanwhile. */
  readonly onSave: (text: string, message: string, etag: string | undefined) => Promise<unknown>;
  /** The same document by fields, in place of its text. */
  readonly fields?: ReactNode;
  readonly area?: Ref<HTMLTextAreaElement>;
  readonly children?: ReactNode;
};

/** A document as text, or by fields: checked by the server, and saved with a message. Nothing typed is lost by a refusal. */
export function DocumentEditor({ label, text, typed, onType, dirty = false, mayWrite, onCheck, onSave, ...rest }: DocumentEditorProps) {
  const { fields, area, children } = rest;
  const [message, setMessage] = useState("");
  const submission = useSubmission(dirty || typed !== text || message !== "");

  function save(etag?: string) {
    const faults: Faults = message.trim() === "" ? { "/message": "Say in a few words what changes." } : {};
    return submission.send(() => onSave(typed, message.trim(), etag), () => setMessage(""), faults);
  }

  return (
    <Form
      submission={submission}
      onSend={() => void save()}
      conflict={{
        mine: { [label]: typed },
        theirs: (current) => ({ [label]: (current as { readonly text: string } | null)?.text ?? "" }),
        onOverwrite: (etag) => void save(etag),
      }}
    >
      {fields ?? (
        <Field label={label} fault={submission.fault("/text")}>
          {(wiring) => (
            <textarea
              {...wiring}
              ref={area}
              className="mono"
              rows={18}
              spellCheck={false}
              readOnly={!mayWrite}
              value={typed}
              onChange={(event) => onType(event.target.value)}
            />
          )}
        </Field>
      )}
      {children}
      {mayWrite && (
        <Field label="What changes" hint="For the list of versions." fault={submission.fault("/message")}>
          {(wiring) => <input {...wiring} value={message} maxLength={500} onChange={(event) => setMessage(event.target.value)} />}
        </Field>
      )}
      <Check typed={typed} {...(onCheck !== undefined && { onCheck })}>
        {mayWrite && (
          <button type="submit" className="button primary" disabled={submission.busy}>
            Save
          </button>
        )}
        <span role="status">{submission.saved && "Saved, and in force."}</span>
      </Check>
    </Form>
  );
}

type CheckProps = { readonly typed: string; readonly onCheck?: (text: string) => Promise<Opinion>; readonly children: ReactNode };

/** What the server says of a text that is not saved. It is said of that text: another one has to be checked anew. */
function Check({ typed, onCheck, children }: CheckProps) {
  const [checked, setChecked] = useState<{ readonly text: string; readonly opinion: Opinion }>();
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);

  async function check(ask: (text: string) => Promise<Opinion>) {
    setBusy(true);
    setProblem(undefined);
    try {
      setChecked({ text: typed, opinion: await ask(typed) });
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <>
      <div className="actions">
        {onCheck !== undefined && (
          <button type="button" className="button" disabled={busy} onClick={() => void check(onCheck)}>
            Check
          </button>
        )}
        {children}
      </div>
      <div role="status" className="test-result">
        {problem !== undefined && <ProblemNote problem={problem} />}
        {checked?.text === typed && <Findings {...checked.opinion} />}
      </div>
    </>
  );
}

/** What is wrong with a document, or may not be meant. */
export function Findings({ faults, warnings = [] }: Opinion) {
  if (faults.length + warnings.length === 0) {
    return (
      <p className="verdict good">
        <Icon name="good" />
        Nothing is wrong with it.
      </p>
    );
  }
  return (
    <div className={faults.length > 0 ? "note bad" : "note warn"}>
      <Icon name="warn" />
      <ul className="faults">
        {[...faults, ...warnings].map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </div>
  );
}
