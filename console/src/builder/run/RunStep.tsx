import { useState } from "react";

import type { TracedStep } from "../data/shapes";
import { SelectField } from "../parts/TextField";
import { useBuilderState } from "../state/context";
import { Preview } from "./Preview";
import { listAnswers, listDifferences } from "./script";

interface RunStepProps {
  readonly traced: TracedStep;
  readonly locale: string;
  readonly onAnswer: (answer: string) => void;
}

const BY = {
  script: "answered by you",
  asked: "answered when asked",
  default: "as assumed",
  rule: "decided by a rule of proof",
  engine: "decided by the engine",
};

/** One step of a dry run: what answered and why, each case, what conditions could read before and after, and its page. */
export function RunStep({ traced, locale, onAnswer }: RunStepProps) {
  const step = useBuilderState((state) => state.graph.steps.get(traced.step));
  const [isWhole, setWhole] = useState(false);
  const answers = listAnswers(traced);
  const changed = listDifferences(traced.before, traced.after);
  return (
    <section className="b-run-step" aria-label={`Step ${traced.step}`}>
      <div className="b-run-facts">
        <h3>
          {traced.step} <span className="soft small">{traced.kind} {traced.subject}</span>
        </h3>
        <p className="small">
          {traced.outcome === null ? "The run stands here." : <>Left by <strong>{traced.outcome}</strong> to <strong>{traced.to}</strong>, {BY[traced.by]}.</>}{" "}
          {traced.note}
        </p>
        {answers.length > 0 && (
          <SelectField
            label="Let it answer"
            value={traced.answer ?? traced.outcome ?? ""}
            options={[...new Set([...(traced.answer === null ? [] : [traced.answer]), ...answers])].map((one) => ({ value: one, title: one }))}
            onChange={onAnswer}
          />
        )}
        {traced.cases.length > 0 && (
          <ol className="b-case-trace">
            {traced.cases.map((one, index) => (
              <li key={index} data-holds={one.holds}>
                <span className={`chip ${{ true: "good", false: "", error: "bad" }[one.holds]}`}>{one.holds}</span> <code>{one.when}</code>
                {one.proves !== null && <span className="chip">proves {one.proves}</span>}
                {one.detail !== "" && <small className="b-fault">{one.detail}</small>}
              </li>
            ))}
          </ol>
        )}
        {traced.evidence.length > 0 && (
          <p>
            {traced.evidence.map((one) => (
              <span key={one.method} className="chip good">
                proves {one.method}
                {one.amr.length > 0 && ` (${one.amr.join(", ")})`}
              </span>
            ))}
          </p>
        )}
        {changed.length > 0 && (
          <table className="b-context">
            <caption>What conditions can read, changed here</caption>
            <thead>
              <tr>
                <th scope="col">Path</th>
                <th scope="col">Before</th>
                <th scope="col">After</th>
              </tr>
            </thead>
            <tbody>
              {changed.map((one) => (
                <tr key={one.path}>
                  <th scope="row">
                    <code>{one.path}</code>
                  </th>
                  <td>{write(one.before)}</td>
                  <td>{write(one.after)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        <details className="b-details" open={isWhole} onToggle={(event) => setWhole(event.currentTarget.open)}>
          <summary>Everything that conditions can read after it</summary>
          {isWhole && <pre className="b-json">{JSON.stringify(traced.after, null, 2)}</pre>}
        </details>
      </div>
      {traced.kind === "screen" && (
        <Preview
          screen={traced.subject}
          options={step?.options ?? {}}
          outcomes={step?.exits.filter((exit) => exit.target !== null).map((exit) => exit.outcome) ?? [...traced.options]}
          locale={locale}
        />
      )}
    </section>
  );
}

function write(value: unknown): string {
  if (value === undefined) return "–";
  return typeof value === "string" ? value : JSON.stringify(value);
}
