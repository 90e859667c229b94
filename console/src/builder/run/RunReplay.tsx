import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";

import { exitKey, type Mark, type Marks, NO_MARKS, outerStep } from "../canvas/marks";
import { readReplay, readRuns, type Replay } from "../data/runs";
import { useBuilder } from "../state/context";
import { writeSeconds } from "./counts";

interface RunReplayProps {
  readonly flowId: string;
  readonly shown: string | null;
  readonly onShow: (run: string | null) => void;
  readonly onMarks: (marks: Marks) => void;
}

/** Runs of the past; one of them is laid over the drawing, step by step, with what people typed left out. */
export function RunReplay({ flowId, shown, onShow, onMarks }: RunReplayProps) {
  const { goTo } = useBuilder();
  const runs = useQuery({ queryKey: ["runs", flowId], queryFn: () => readRuns(flowId), retry: false });
  const replay = useQuery({ queryKey: ["runs", "replay", shown], queryFn: () => readReplay(shown ?? ""), enabled: shown !== null, retry: false });
  useEffect(() => {
    if (shown !== null && replay.data) onMarks(markReplay(replay.data));
  }, [shown, replay.data, onMarks]);
  return (
    <section aria-label="Runs">
      <h3>Runs</h3>
      {runs.error && <p className="soft">{runs.error.message}</p>}
      {runs.data?.length === 0 && <p className="soft">Nobody has run it yet.</p>}
      <ul className="b-run-list">
        {(runs.data ?? []).map((run) => (
          <li key={run.id}>
            <button type="button" className="b-run-pick" aria-pressed={shown === run.id} onClick={() => onShow(shown === run.id ? null : run.id)}>
              <span className="chip">{run.status}</span> {new Date(run.created_at).toLocaleString()}
              <span className="soft small"> version {run.version}</span>
            </button>
          </li>
        ))}
      </ul>
      {shown !== null && replay.error && <p className="soft">{replay.error.message}</p>}
      {shown !== null && replay.data && (
        <ol className="b-trace">
          {replay.data.visits.map((visit) => (
            <li key={visit.seq}>
              <button type="button" onClick={() => goTo(outerStep(visit.step))}>
                <strong>{visit.step}</strong>
                <span>
                  {visit.outcome ?? replay.data.status} · {writeSeconds(visit.seconds)}
                  {visit.evidence.length > 0 && ` · proved ${visit.evidence.join(", ")}`}
                </span>
              </button>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

export function markReplay(replay: Replay): Marks {
  const steps = new Map<string, Mark>();
  const exits = new Map<string, Mark>();
  for (const visit of replay.visits) {
    const name = outerStep(visit.step);
    steps.set(name, visit.outcome === null ? "current" : "passed");
    if (visit.outcome !== null) exits.set(exitKey(name, visit.outcome), "passed");
  }
  return { ...NO_MARKS, steps, exits };
}
