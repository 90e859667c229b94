import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { Problem } from "../../api/problems";
import { type Tagged, templates } from "../data/reading";
import type { Flow, FlowChecked, Publication } from "../data/shapes";
import { publishDraft } from "../data/writing";
import { setHead } from "../model/settings";
import { editText } from "../model/text";
import { Window } from "../parts/Window";
import { type Asked, useBuilder } from "../state/context";
import type { DraftSaver } from "../state/saving";
import type { Checking } from "../state/useChecking";
import { importText } from "../yaml/exchange";
import { Differences } from "./Differences";
import { DiscardDialog } from "./DiscardDialog";
import { TemplateGallery } from "./TemplateGallery";

interface FlowDialogProps {
  readonly asked: Asked;
  readonly saver: DraftSaver;
  readonly draftName: string;
  readonly flow: Tagged<Flow> | null;
  readonly checking: Checking;
  readonly onClose: () => void;
  readonly onReleased: () => void;
}

/** The dialogs about the flow as a whole: publish, import, templates. */
export function FlowDialog(props: FlowDialogProps) {
  switch (props.asked.what) {
    case "publish":
      return <PublishDialog {...props} />;
    case "discard":
      return <DiscardDialog saver={props.saver} draftName={props.draftName} flow={props.flow} onClose={props.onClose} onDone={props.onReleased} />;
    case "import":
      return <ImportDialog onClose={props.onClose} />;
    case "templates":
      return <TemplatesDialog onClose={props.onClose} />;
    default:
      return null;
  }
}

type SavedState = "saving" | "saved" | "failed";

/** Publishing says why, shows what changes and what the checker says, and is refused while there is an error. */
function PublishDialog({ saver, draftName, flow, checking, onClose, onReleased }: FlowDialogProps) {
  const { flowId, store } = useBuilder();
  const [saved, setSaved] = useState<SavedState>("saving");
  const [message, setMessage] = useState("");
  const [percent, setPercent] = useState("100");
  const [fault, setFault] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [done, setDone] = useState<Publication | null>(null);

  useEffect(() => {
    // Publishing publishes a draft: where there is none yet, it is made now.
    void saver.ensure().then((ok) => setSaved(ok ? "saved" : "failed"));
  }, [saver]);

  const publish = async () => {
    const etag = saver.getState().etag;
    if (message.trim() === "" || etag === undefined) return;
    setBusy(true);
    setFault(null);
    try {
      const publication = await publishDraft(flowId, draftName, etag, { message: message.trim(), percent: Number(percent) });
      setDone(publication);
      if (publication.created) saver.published(publication.version);
      store.getState().announce(publication.created ? `Version ${publication.version} is published.` : "Nothing had changed.");
      onReleased();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setFault(error);
    } finally {
      setBusy(false);
    }
  };

  if (done) {
    return (
      <Window title={done.created ? `Version ${done.version} is published` : "Nothing had changed"} onClose={onClose}>
        <p>
          {done.created
            ? "New runs get it from now on. Whoever is in the flow already stays with the version they began with."
            : `The draft says the same as version ${done.version}, so no version was made.`}
        </p>
        <div className="actions">
          <button type="button" className="button primary" autoFocus onClick={onClose}>
            Good
          </button>
        </div>
      </Window>
    );
  }
  return (
    <Window title={`Publish ${flowId}`} wide onClose={onClose}>
      <Verdict check={checking.check} isCurrent={checking.isCurrent} />
      {saved === "saved" && flow?.body.newest_version ? (
        <Differences from={String(flow.body.newest_version)} to={`draft:${draftName}`} />
      ) : (
        <p className="soft">{saved === "saving" ? "Saving the draft …" : "This is the first version."}</p>
      )}
      {saved === "failed" && <p className="b-fault">The draft could not be saved, so it cannot be published yet.</p>}
      <form
        className="b-form"
        onSubmit={(event) => {
          event.preventDefault();
          void publish();
        }}
      >
        <label className="b-field">
          <span>Why? The audit trail and the list of versions show it.</span>
          <input value={message} maxLength={500} required autoFocus onChange={(event) => setMessage(event.target.value)} />
        </label>
        <label className="b-field">
          <span>For whom</span>
          <select value={percent} onChange={(event) => setPercent(event.target.value)}>
            <option value="100">Everybody</option>
            {["50", "25", "10", "5", "1"].map((share) => (
              <option key={share} value={share}>
                {share} in a hundred, on trial
              </option>
            ))}
            <option value="0">Nobody yet</option>
          </select>
        </label>
        {fault && (
          <div className="b-fault" role="alert">
            <strong>{fault.title}</strong> {fault.message}
            <ul>
              {fault.errors.map((one) => (
                <li key={one.pointer + one.code}>{one.detail}</li>
              ))}
            </ul>
          </div>
        )}
        <div className="actions">
          <button type="submit" className="button primary" disabled={isBusy || saved !== "saved" || hasErrors(checking.check)}>
            {isBusy ? "Publishing …" : "Publish"}
          </button>
          <button type="button" className="button" onClick={onClose}>
            Not now
          </button>
        </div>
      </form>
    </Window>
  );
}

function Verdict({ check, isCurrent }: { readonly check: FlowChecked | null; readonly isCurrent: boolean }) {
  if (!check || !isCurrent) return <p role="status">Checking …</p>;
  if (check.problems.length === 0) return <p className="chip good b-verdict">Proved: no path avoids what this flow must prove.</p>;
  return (
    <ul className="b-panel-problems">
      {check.problems.map((problem, index) => (
        <li key={index} data-severity={problem.severity}>
          {problem.step !== null && <strong>{problem.step}: </strong>}
          {problem.message}
        </li>
      ))}
    </ul>
  );
}

function ImportDialog({ onClose }: { readonly onClose: () => void }) {
  const { store, flowId } = useBuilder();
  const [fault, setFault] = useState("");
  const [text, setText] = useState("");
  const take = (next: string) => {
    store.getState().replace(next, "Imported. Undo brings back what was there.");
    onClose();
  };
  return (
    <Window title="Import a flow" onClose={onClose}>
      <p>The text takes the place of this draft. What is missing here, such as a connection, is told by the checker. Undo leads back.</p>
      <label className="b-field">
        <span>A file</span>
        <input
          type="file"
          accept=".yaml,.yml,.json,application/yaml,application/json,text/plain"
          aria-describedby="import-fault"
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file) importText(file).then(take, (error: unknown) => setFault(error instanceof Error ? error.message : String(error)));
          }}
        />
      </label>
      <label className="b-field">
        <span>Or its text</span>
        <textarea className="mono" rows={8} value={text} spellCheck={false} onChange={(event) => setText(event.target.value)} />
      </label>
      <p id="import-fault" className="b-fault" role="alert">
        {fault}
      </p>
      <p className="small soft">
        The id in the text must be <code>{flowId}</code> to publish it here.
      </p>
      <div className="actions">
        <button type="button" className="button primary" disabled={text.trim() === ""} onClick={() => take(text)}>
          Import
        </button>
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
      </div>
    </Window>
  );
}

function TemplatesDialog({ onClose }: { readonly onClose: () => void }) {
  const { store, flowId } = useBuilder();
  const found = useQuery(templates);
  return (
    <Window title="Begin from a template" wide onClose={onClose}>
      <p>The template takes the place of this draft. Undo leads back.</p>
      <TemplateGallery
        templates={found.data?.templates ?? []}
        isLoading={found.isPending}
        onChoose={(template) => {
          store.getState().replace(
            editText(template.text, (doc) => setHead(doc, "id", flowId)),
            `Begun from ${template.title}. Undo brings back what was there.`,
          );
          onClose();
        }}
      />
    </Window>
  );
}

function hasErrors(check: FlowChecked | null): boolean {
  return check?.problems.some((problem) => problem.severity === "error") ?? true;
}
