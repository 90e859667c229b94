import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { type Marks, NO_MARKS } from "../canvas/marks";
import { stats, whereUsed } from "../data/reading";
import type { FlowStats } from "../data/shapes";
import { RunReplay } from "./RunReplay";
import { markStats, writeSeconds } from "./counts";

interface PeopleDrawerProps {
  readonly flowId: string;
  readonly mayStats: boolean;
  readonly onMarks: (marks: Marks) => void;
}

/** How people fared in what is live: counts on every edge and who dropped out where; runs of the past; and who uses the flow. */
export function PeopleDrawer({ flowId, mayStats, onMarks }: PeopleDrawerProps) {
  const [days, setDays] = useState(7);
  const [variant, setVariant] = useState(0);
  const [run, setRun] = useState<string | null>(null);
  const found = useQuery({ ...stats(flowId, days), enabled: mayStats, retry: false });
  const counts = found.data?.versions[variant];
  useEffect(() => {
    if (run === null) onMarks(counts ? markStats(counts) : NO_MARKS);
  }, [counts, run, onMarks]);
  return (
    <div className="b-list b-three">
      <section aria-label="Counts">
        <div className="b-inline">
          <label className="b-inline">
            In the last
            <select value={days} onChange={(event) => setDays(Number(event.target.value))}>
              {[1, 7, 30, 90].map((one) => (
                <option key={one} value={one}>
                  {one === 1 ? "day" : `${one} days`}
                </option>
              ))}
            </select>
          </label>
          {(found.data?.versions.length ?? 0) > 1 && (
            <select aria-label="Version" value={variant} onChange={(event) => setVariant(Number(event.target.value))}>
              {found.data?.versions.map((one, index) => (
                <option key={one.version} value={index}>
                  version {one.version} ({one.variant})
                </option>
              ))}
            </select>
          )}
        </div>
        {found.error && <p className="soft">{found.error.message}</p>}
        {counts && <Counts counts={counts} />}
      </section>
      <RunReplay flowId={flowId} shown={run} onShow={setRun} onMarks={onMarks} />
      <Uses flowId={flowId} />
    </div>
  );
}

function Counts({ counts }: { readonly counts: FlowStats["versions"][number] }) {
  const dropped = counts.steps.flatMap((step) => {
    const count = Object.values(step.dropped).reduce((sum, one) => sum + one, 0);
    return count > 0 ? [{ step: step.step, count, entered: step.entered }] : [];
  });
  dropped.sort((one, two) => two.count - one.count);
  const runs = Object.entries(counts.runs);
  return (
    <>
      <p>
        Version {counts.version}: {runs.length === 0 ? "nobody came yet." : runs.map(([status, count]) => `${count} ${status}`).join(", ")}
        {counts.completed_seconds !== null && `; half of those who finished took less than ${writeSeconds(counts.completed_seconds)}`}
      </p>
      {dropped.length > 0 && (
        <>
          <h3>Where people left</h3>
          <ul className="b-drops">
            {dropped.slice(0, 8).map((one) => (
              <li key={one.step}>
                <strong>{one.step}</strong> <meter value={one.count} max={Math.max(one.entered, 1)} /> {one.count} of {one.entered}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function Uses({ flowId }: { readonly flowId: string }) {
  const found = useQuery({ ...whereUsed(flowId), retry: false });
  if (found.error) return <p className="soft">{found.error.message}</p>;
  if (!found.data) return <p>One moment …</p>;
  const { default_for: defaults, clients, embedded_by: embedded, running } = found.data;
  const isUnused = defaults.length + clients.length + embedded.length === 0;
  return (
    <section aria-label="Where it is used">
      <h3>Where it is used</h3>
      {isUnused && <p className="soft">Nothing uses it.</p>}
      <ul>
        {defaults.map((purpose) => (
          <li key={purpose}>
            Whoever names no other flow for <code>{purpose}</code>
          </li>
        ))}
        {clients.map((one) => (
          <li key={one.client_id + one.purpose}>
            Client <code>{one.client_id}</code>, for {one.purpose}
          </li>
        ))}
        {embedded.map((one) => (
          <li key={`${one.flow} ${one.version}`}>
            Flow <code>{one.flow}</code>, version {one.version} {one.outdated && <span className="chip warn">embeds an older version</span>}
          </li>
        ))}
      </ul>
      {running.length > 0 && (
        <p className="small soft">
          In it now: {running.map((one) => `${one.count} in version ${one.version}${one.flow === flowId ? "" : ` of ${one.flow}`}`).join(", ")}
        </p>
      )}
    </section>
  );
}
