import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { Problem } from "../../api/problems";
import { type Marks, markChanges, NO_MARKS } from "../canvas/marks";
import { difference, type Tagged, version, versions } from "../data/reading";
import type { Flow, FlowVersionHead } from "../data/shapes";
import { rollBack } from "../data/writing";
import { Window } from "../parts/Dialogs";
import { useBuilder } from "../state/context";
import type { Comparison } from "./comparison";
import { Differences } from "./FlowDialog";

interface VersionsDrawerProps {
  readonly flow: Tagged<Flow> | null;
  readonly draftName: string;
  readonly hasDraft: boolean;
  readonly may: { write: boolean; publish: boolean };
  readonly viewing: number | null;
  /** What to compare to begin with. */
  readonly comparison: Comparison | null;
  readonly onView: (number: number, text: string) => void;
  readonly onMarks: (marks: Marks) => void;
  readonly onReleased: () => void;
}

/** Every version that was published: who, when, why, who gets it; look at it, compare it, go back to it. */
export function VersionsDrawer(props: VersionsDrawerProps) {
  const { flow, may, viewing, onMarks, onReleased, draftName, hasDraft } = props;
  const { flowId, store } = useBuilder();
  const found = useQuery(versions(flowId));
  const [compared, setCompared] = useState<Comparison | null>(props.comparison);
  const [returning, setReturning] = useState<FlowVersionHead | null>(null);
  const queries = useQueryClient();
  const newest = found.data?.items[0]?.version;
  const other = hasDraft ? `draft:${draftName}` : String(newest ?? "");
  const changes = useQuery({ ...difference(flowId, compared?.from ?? "", compared?.to ?? ""), enabled: compared !== null && compared.to !== "" });
  const look = (number: number) => {
    void queries.query(version(flowId, number)).then(({ text }) => props.onView(number, text));
  };
  useEffect(() => {
    // The drawing shows the newest; what older versions differ in is no part of it.
    onMarks(compared?.to === other && changes.data ? markChanges(changes.data.changes) : NO_MARKS);
  }, [compared, other, changes.data, onMarks]);
  if (found.error) return <p className="b-list">{found.error.message}</p>;
  if (!found.data) return <p className="b-list">One moment …</p>;
  if (found.data.items.length === 0) return <p className="b-list soft">Nothing is published yet.</p>;
  return (
    <div className="b-list b-two" data-compared={compared ?? undefined}>
      <ul className="b-versions">
        {found.data.items.map((one) => (
          <li key={one.version} aria-current={viewing === one.version || undefined}>
            <div>
              <strong>Version {one.version}</strong>{" "}
              {one.percent > 0 && <span className="chip good">live{one.percent < 100 && ` for ${one.percent} %`}</span>}{" "}
              {one.running > 0 && <span className="chip">{one.running} in it now</span>}
              {one.embeds.some((pin) => pin.outdated) && <span className="chip warn">embeds an older version</span>}
              <p>{one.message}</p>
              <p className="small soft">
                {one.author}, {new Date(one.created_at).toLocaleString()}
              </p>
            </div>
            <div className="actions">
              <button type="button" className="button b-small" onClick={() => look(one.version)}>
                Look at it
              </button>
              <button
                type="button"
                className="button b-small"
                aria-pressed={compared?.from === String(one.version) && compared.to === other}
                onClick={() => setCompared(compared?.from === String(one.version) && compared.to === other ? null : { from: String(one.version), to: other })}
              >
                Compare
              </button>
              {one.percent < 100 && (
                <button type="button" className="button b-small" disabled={!may.publish} onClick={() => setReturning(one)}>
                  Go back to it …
                </button>
              )}
            </div>
          </li>
        ))}
      </ul>
      {compared !== null && (
        <section aria-label="What differs">
          <h3>
            From version {compared.from} to {compared.to.startsWith("draft:") ? "the draft" : `version ${compared.to}`}
          </h3>
          <Differences from={compared.from} to={compared.to} />
        </section>
      )}
      {returning && flow && (
        <RollBackDialog
          flow={flow}
          version={returning}
          onClose={() => setReturning(null)}
          onDone={() => {
            setReturning(null);
            store.getState().announce(`Version ${returning.version} is live again.`);
            onReleased();
          }}
        />
      )}
    </div>
  );
}

interface RollBackProps {
  readonly flow: Tagged<Flow>;
  readonly version: FlowVersionHead;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function RollBackDialog({ flow, version: back, onClose, onDone }: RollBackProps) {
  const [message, setMessage] = useState("");
  const [fault, setFault] = useState("");
  return (
    <Window title={`Go back to version ${back.version}`} onClose={onClose}>
      <p>New runs get it from now on. Whoever is in a run already stays where they are. The draft is not touched.</p>
      <form
        className="b-form"
        onSubmit={(event) => {
          event.preventDefault();
          rollBack(flow.body.id, flow.etag ?? "", back.version, message.trim()).then(onDone, (error: unknown) => {
            if (!(error instanceof Problem)) throw error;
            setFault(error.message);
          });
        }}
      >
        <label className="b-field">
          <span>Why?</span>
          <input required autoFocus maxLength={500} value={message} onChange={(event) => setMessage(event.target.value)} />
        </label>
        <p className="b-fault" role="alert">
          {fault}
        </p>
        <div className="actions">
          <button type="submit" className="button primary">
            Go back to it
          </button>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Window>
  );
}
