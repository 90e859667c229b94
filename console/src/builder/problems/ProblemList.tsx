import type { FlowProblem } from "../data/shapes";
import { SignGlyph } from "../parts/Glyph";
import { useBuilderState } from "../state/context";
import type { Checking } from "../state/useChecking";

interface ProblemListProps {
  readonly checking: Checking;
  readonly shown: FlowProblem | null;
  readonly onShow: (problem: FlowProblem) => void;
}

/** What the server's checker says, errors first. Choosing one goes to its place and lights up the path that shows it. */
export function ProblemList({ checking, shown, onShow }: ProblemListProps) {
  const faults = useBuilderState((state) => state.faults);
  const { check, failed, isCurrent } = checking;
  if (faults.length > 0) {
    return (
      <div className="b-list">
        <p>The text cannot be read, so the drawing is the last one that there was. Mend it in the text view.</p>
        <ul>
          {faults.map((fault) => (
            <li key={`${fault.line}:${fault.column}`} className="b-problem" data-severity="error">
              <SignGlyph sign="warn" />
              Line {fault.line}, column {fault.column}: {fault.message}
            </li>
          ))}
        </ul>
      </div>
    );
  }
  if (!check) return <p className="b-list soft">{failed ? "The checker did not answer. It is asked again with the next change." : "Checking …"}</p>;
  return (
    <div className="b-list" aria-busy={!isCurrent}>
      {failed && <p className="b-fault small">The checker did not answer. This is what it said before.</p>}
      {check.problems.length === 0 ? (
        <p className="b-proved">
          <SignGlyph sign="proof" /> Proved: no path avoids what this flow must prove.
        </p>
      ) : (
        <ul>
          {check.problems.map((problem, index) => (
            <li key={`${index}${problem.code}`}>
              <button
                type="button"
                className="b-problem"
                data-severity={problem.severity}
                aria-pressed={isSame(problem, shown)}
                onClick={() => onShow(problem)}
              >
                <SignGlyph sign="warn" />
                <span>
                  <strong>{problem.step ?? "Flow"}</strong>{" "}
                  {problem.path.length > 0 ? problem.message.split("; path: ")[0] : problem.message}
                  <small>
                    {problem.severity}, {problem.code}
                    {problem.line !== null && `, line ${problem.line}`}
                  </small>
                  {problem.path.length > 0 && <PathWords problem={problem} />}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function PathWords({ problem }: { readonly problem: FlowProblem }) {
  return (
    <small className="b-path">
      Path:{" "}
      {problem.path.map(({ step, outcome }, index) => (
        <span key={index}>
          {step}
          {outcome !== null && <em> {outcome}</em>}
          {index < problem.path.length - 1 && " → "}
        </span>
      ))}
    </small>
  );
}

export function isSame(one: FlowProblem, other: FlowProblem | null): boolean {
  return other !== null && one.code === other.code && one.step === other.step && one.pointer === other.pointer && one.message === other.message;
}
