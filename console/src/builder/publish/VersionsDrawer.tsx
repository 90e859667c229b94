import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { type Marks, markChanges, NO_MARKS } from "../canvas/marks";
import { difference, type Tagged, version, versions } from "../data/reading";
import type { Flow, FlowVersionHead } from "../data/shapes";
import { useBuilder } from "../state/context";
import type { Comparison } from "./comparison";
import { Differences } from "./Differences";
import { RollBackDialog, RolloutDialog } from "./ReleaseDialogs";

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
  const [asked, setAsked] = useState<{ what: "back" | "share"; version: FlowVersionHead } | null>(null);
  const close = () => setAsked(null);
  const done = (said: string) => {
    close();
    store.getState().announce(said);
    onReleased();
  };
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
    <div className="b-list b-two" data-compared={compared?.from}>
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
                <button type="button" className="button b-small" disabled={!may.publish} onClick={() => setAsked({ what: "back", version: one })}>
                  Go back to it …
                </button>
              )}
              {(one.percent < 100 || (flow?.body.live.length ?? 0) > 1) && (
                <button
                  type="button"
                  className="button b-small"
                  aria-label={`Who gets version ${one.version} …`}
                  disabled={!may.publish}
                  onClick={() => setAsked({ what: "share", version: one })}
                >
                  Who gets it …
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
      {asked && flow && asked.what === "back" && <RollBackDialog flow={flow} version={asked.version} onClose={close} onDone={done} />}
      {asked && flow && asked.what === "share" && <RolloutDialog flow={flow} version={asked.version} onClose={close} onDone={done} />}
    </div>
  );
}
