import { type ReactNode, useEffect, useRef } from "react";

import { Problem } from "../api/problems";
import { Icon } from "./Icon";

type ProblemNoteProps = {
  readonly problem: unknown;
  /** Take the focus when it appears: after a form was sent. */
  readonly focus?: boolean;
  readonly children?: ReactNode;
};

/** What a person makes of a refusal whose own title speaks of requests. */
const TITLES: Readonly<Record<string, string>> = {
  invalid: "Something is not right yet",
  conflict: "This does not go together with what is there",
  unauthenticated: "You are signed out",
  "step-up-required": "This was not done: it takes a fresh sign-in",
  "precondition-required": "Load the page again",
  "idempotency-key-reused": "Load the page again",
};

/** What went wrong, why, and what to do. Faults of single fields are said at the fields, and counted here. */
export function ProblemNote({ problem, focus = false, children }: ProblemNoteProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (focus) box.current?.focus();
  }, [problem, focus]);
  const known = problem instanceof Problem ? problem : undefined;
  return (
    <div className="note bad" role="alert" tabIndex={-1} ref={box}>
      <Icon name="warn" />
      <div>
        <p className="note-title">{(known !== undefined && TITLES[known.kind]) ?? known?.title ?? "Something went wrong"}</p>
        <p>{known?.message ?? "That is a fault of the console. Load the page again and try once more."}</p>
        {known !== undefined && known.errors.length > 0 && (
          <ul className="faults">
            {known.errors.map((error) => (
              <li key={`${error.pointer} ${error.code}`}>{error.detail}</li>
            ))}
          </ul>
        )}
        {known?.requestId !== undefined && (
          <p className="small soft">
            Reference <code>{known.requestId}</code>
          </p>
        )}
        {children}
      </div>
    </div>
  );
}
