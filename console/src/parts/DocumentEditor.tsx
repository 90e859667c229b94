import { type ReactNode, useState } from "react";

import { Problem } from "../api/problems";
import { Conflict } from "./Conflict";
import { Field } from "./Field";
import { Icon } from "./Icon";
import { ProblemNote } from "./ProblemNote";

export type Opinion = { readonly faults: readonly string[]; readonly warnings?: readonly string[] };

type DocumentEditorProps<T extends Opinion> = {
  readonly label: string;
  readonly text: string;
  readonly mayWrite: boolean;
  readonly onCheck: (text: string) => Promise<T>;
  /** Save the text; `etag` is given where somebody chose to overwrite what another saved meanwhile. */
  readonly onSave: (text: string, message: string, etag: string | undefined) => Promise<unknown>;
  readonly children?: (checked: T) => ReactNode;
};

/** A document as text: checked by the server, shown, and saved with a message. Nothing typed is lost by a refusal. */
export function DocumentEditor<T extends Opinion>({ label, text, mayWrite, onCheck, onSave, children }: DocumentEditorProps<T>) {
  const [typed, setTyped] = useState(text);
  const [message, setMessage] = useState("");
  const [checked, setChecked] = useState<T>();
  const [problem, setProblem] = useState<unknown>();
  const [state, setState] = useState<"idle" | "busy" | "saved">("idle");

  async function attempt(work: () => Promise<unknown>, then: "idle" | "saved") {
    setState("busy");
    setProblem(undefined);
    try {
      await work();
      setState(then);
    } catch (error) {
      setProblem(error);
      setState("idle");
    }
  }

  const save = (etag?: string) => attempt(() => onSave(typed, message.trim(), etag), "saved");
  const stale = problem instanceof Problem && problem.kind === "precondition-failed" ? problem : undefined;
  const notes = [...(checked?.faults ?? []), ...(checked?.warnings ?? [])];
  return (
    <form
      className="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      {stale !== undefined ? (
        <Conflict mine={{ text: typed }} problem={stale} onOverwrite={() => void save(stale.etag)} />
      ) : (
        problem !== undefined && <ProblemNote problem={problem} focus />
      )}
      <Field label={label} fault={problem instanceof Problem ? problem.at("/text") : undefined}>
        {(wiring) => (
          <textarea {...wiring} className="mono" rows={18} spellCheck={false} value={typed} onChange={(event) => setTyped(event.target.value)} />
        )}
      </Field>
      {mayWrite && (
        <Field label="What changes" hint="For the list of versions." fault={problem instanceof Problem ? problem.at("/message") : undefined}>
          {(wiring) => <input {...wiring} value={message} maxLength={500} onChange={(event) => setMessage(event.target.value)} />}
        </Field>
      )}
      <div className="actions">
        <button type="button" className="button" disabled={state === "busy"} onClick={() => void attempt(async () => setChecked(await onCheck(typed)), "idle")}>
          Check
        </button>
        {mayWrite && (
          <button type="submit" className="button primary" disabled={state === "busy"}>
            Save
          </button>
        )}
        <span role="status">{state === "saved" && "Saved, and in force."}</span>
      </div>
      <div role="status" className="test-result">
        {checked !== undefined && (
          <>
            {notes.length === 0 ? (
              <p className="verdict good">
                <Icon name="good" />
                Nothing is wrong with it.
              </p>
            ) : (
              <div className={checked.faults.length > 0 ? "note bad" : "note warn"}>
                <Icon name="warn" />
                <ul className="faults">
                  {notes.map((note) => (
                    <li key={note}>{note}</li>
                  ))}
                </ul>
              </div>
            )}
            {children?.(checked)}
          </>
        )}
      </div>
    </form>
  );
}
