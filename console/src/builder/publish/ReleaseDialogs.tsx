import { type ReactNode, useState } from "react";

import { Problem } from "../../api/problems";
import type { Tagged } from "../data/reading";
import type { Flow, FlowVersionHead } from "../data/shapes";
import { rollBack, rollOut } from "../data/writing";
import { Window } from "../parts/Window";

interface ReleaseDialogProps {
  readonly flow: Tagged<Flow>;
  readonly version: FlowVersionHead;
  readonly onClose: () => void;
  readonly onDone: (said: string) => void;
}

/** Makes an older version live again, for everybody. */
export function RollBackDialog({ flow, version, onClose, onDone }: ReleaseDialogProps) {
  return (
    <AskWhy
      title={`Go back to version ${version.version}`}
      act="Go back to it"
      onClose={onClose}
      onAct={async (message) => {
        await rollBack(flow.body.id, flow.etag ?? "", version.version, message);
        onDone(`Version ${version.version} is live again.`);
      }}
    >
      <p>New runs get it from now on. Whoever is in a run already stays where they are. The draft is not touched.</p>
    </AskWhy>
  );
}

const SHARES = [1, 5, 10, 25, 50];

/** Says who gets a version: everybody, a share of people on trial, or nobody. */
export function RolloutDialog({ flow, version, onClose, onDone }: ReleaseDialogProps) {
  const onTrial = version.percent > 0 && version.percent < 100;
  const others = flow.body.live.filter((one) => one.version !== version.version && one.percent > 0);
  const [percent, setPercent] = useState(onTrial ? 100 : 10);
  const shares = [...new Set([...SHARES, ...(onTrial ? [version.percent] : [])])].sort((one, two) => one - two);
  return (
    <AskWhy
      title={`Who gets version ${version.version}`}
      act="Release"
      onClose={onClose}
      onAct={async (message) => {
        await rollOut(flow.body.id, flow.etag ?? "", { version: version.version, percent, message });
        onDone(percent === 0 ? `The trial of version ${version.version} is over.` : `Version ${version.version} is live for ${percent} %.`);
      }}
    >
      <p>
        A person stays with what they got, as long as the share does not change. Whoever is in a run already stays with the version they
        began with.
      </p>
      <label className="b-field">
        <span>For whom</span>
        <select value={percent} onChange={(event) => setPercent(Number(event.target.value))}>
          <option value={100}>Everybody</option>
          {others.length > 0 &&
            shares.map((share) => (
              <option key={share} value={share}>
                {share} in a hundred, on trial
              </option>
            ))}
          {onTrial && <option value={0}>Nobody: the trial is over</option>}
        </select>
        {percent > 0 && percent < 100 && others.length > 0 && (
          <small className="soft">The others get version {others.map((one) => one.version).join(" or ")}.</small>
        )}
      </label>
    </AskWhy>
  );
}

interface AskWhyProps {
  readonly title: string;
  readonly act: string;
  readonly children: ReactNode;
  readonly onClose: () => void;
  readonly onAct: (message: string) => Promise<void>;
}

/** A dialog for what is written into the audit trail: it says what happens, asks why, and shows what the server refuses. */
function AskWhy({ title, act, children, onClose, onAct }: AskWhyProps) {
  const [message, setMessage] = useState("");
  const [fault, setFault] = useState("");
  const [isBusy, setBusy] = useState(false);
  return (
    <Window title={title} onClose={onClose}>
      <form
        className="b-form"
        onSubmit={(event) => {
          event.preventDefault();
          setBusy(true);
          setFault("");
          onAct(message.trim()).catch((error: unknown) => {
            setBusy(false);
            if (!(error instanceof Problem)) throw error;
            setFault(error.message);
          });
        }}
      >
        {children}
        <label className="b-field">
          <span>Why?</span>
          <input required autoFocus maxLength={500} value={message} onChange={(event) => setMessage(event.target.value)} />
        </label>
        <p className="b-fault" role="alert">
          {fault}
        </p>
        <div className="actions">
          <button type="submit" className="button primary" disabled={isBusy || message.trim() === ""}>
            {act}
          </button>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Window>
  );
}
