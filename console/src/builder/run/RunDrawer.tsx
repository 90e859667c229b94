import { useCallback, useEffect, useRef, useState } from "react";

import { Problem } from "../../api/problems";
import { type Marks, markRun, outerStep } from "../canvas/marks";
import type { DryRun } from "../data/shapes";
import { runDry } from "../data/writing";
import { SignGlyph } from "../parts/Glyph";
import { useBuilder, useBuilderState } from "../state/context";
import { RunStep } from "./RunStep";
import { SceneForm } from "./SceneForm";
import { answerAt, type Answers, EMPTY_SCENE, FaultyContext, writeOrder } from "./script";

/** Runs the draft for an imagined person and steps through what happens. Nothing is written, sent or called. */
export function RunDrawer({ onMarks }: { readonly onMarks: (marks: Marks) => void }) {
  const { store, goTo, reveal } = useBuilder();
  const text = useBuilderState((state) => state.text);
  const [scene, setScene] = useState(EMPTY_SCENE);
  const [answers, setAnswers] = useState<Answers>({});
  const [run, setRun] = useState<DryRun | null>(null);
  const [at, setAt] = useState(0);
  const [fault, setFault] = useState<string[]>([]);
  const [isBusy, setBusy] = useState(false);
  const asked = useRef(0);

  const start = async (script: Answers, from: number) => {
    asked.current += 1;
    const mine = asked.current;
    setBusy(true);
    setFault([]);
    try {
      const done = await runDry(writeOrder(text, scene, script));
      if (mine !== asked.current) return;
      setRun(done);
      setAt(Math.max(0, Math.min(from, done.steps.length - 1)));
      store.getState().announce(`The run ended: ${done.result}${done.reason ? `, ${done.reason}` : ""}.`);
    } catch (error) {
      if (!(error instanceof Problem) && !(error instanceof FaultyContext)) throw error;
      const details = error instanceof Problem ? error.errors.map((one) => one.detail) : [];
      setFault(details.length > 0 ? details : [error.message]);
    } finally {
      if (mine === asked.current) setBusy(false);
    }
  };
  const show = useCallback(
    (index: number) => {
      const traced = run?.steps[index];
      if (!traced) return;
      setAt(index);
      store.getState().select([outerStep(traced.step)]);
      reveal([outerStep(traced.step)]);
    },
    [run, store, reveal],
  );
  useEffect(() => {
    if (run) onMarks(markRun(run, at));
  }, [run, at, onMarks]);

  const traced = run?.steps[at];
  return (
    <div className="b-run">
      <SceneForm scene={scene} isBusy={isBusy} onChange={setScene} onRun={() => void start(answers, 0)} />
      <div className="b-run-body">
        {fault.length > 0 && (
          <ul className="b-fault" role="alert">
            {fault.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        )}
        {!run && fault.length === 0 && (
          <p className="soft">
            Choose who comes, from where and with which request, and run. Every answer of a screen, an action or a vendor can be changed
            while you step through.
          </p>
        )}
        {run && (
          <>
            <RunOutcome run={run} />
            <div className="b-run-steps">
              <div className="b-run-nav">
                <button type="button" className="button b-small" disabled={at === 0} onClick={() => show(at - 1)}>
                  <SignGlyph sign="back" size={15} /> Back
                </button>
                <button type="button" className="button b-small" disabled={at >= run.steps.length - 1} onClick={() => show(at + 1)}>
                  Next step
                </button>
                <span className="soft small">
                  {at + 1} of {run.steps.length}
                </span>
                {traced && (
                  <button type="button" className="button quiet b-small" onClick={() => goTo(outerStep(traced.step))}>
                    Show on the drawing
                  </button>
                )}
              </div>
              <ol className="b-trace" aria-label="Steps of the run">
                {run.steps.map((one, index) => (
                  <li key={index}>
                    <button type="button" aria-current={index === at ? "step" : undefined} onClick={() => show(index)}>
                      <strong>{one.step}</strong>
                      <span>{one.outcome ?? (index === run.steps.length - 1 ? run.result : "")}</span>
                    </button>
                  </li>
                ))}
              </ol>
              {traced && (
                <RunStep
                  traced={traced}
                  locale={scene.locale}
                  onAnswer={(answer) => {
                    const next = answerAt(run, answers, at, answer);
                    setAnswers(next);
                    void start(next, at);
                  }}
                />
              )}
            </div>
          </>
        )}
      </div>
    </div>
  );
}

const DECISIONS = { satisfied: "gets a code", needs: "needs more first", refuse: "is refused", too_old: "has grown too old" };

function RunOutcome({ run }: { readonly run: DryRun }) {
  const isGood = run.after.decision === "satisfied";
  return (
    <dl className="b-outcome">
      <div>
        <dt>The run</dt>
        <dd>
          <span className={run.result === "complete" ? "chip good" : run.result === "waiting" ? "chip warn" : "chip bad"}>{run.result}</span>{" "}
          {run.reason}
        </dd>
      </div>
      <div>
        <dt>Evidence</dt>
        <dd>{run.evidence.length === 0 ? "none" : run.evidence.map((one) => one.method).join(", ")}</dd>
      </div>
      <div>
        <dt>The request</dt>
        <dd>
          <span className={isGood ? "chip good" : "chip bad"}>{DECISIONS[run.after.decision]}</span> {run.after.error ?? run.after.reason}
        </dd>
      </div>
      <div>
        <dt>Tokens say</dt>
        <dd>{run.claims ? `${run.claims.acr}; amr ${run.claims.amr.join(", ")}` : "nothing: no code is issued"}</dd>
      </div>
    </dl>
  );
}
