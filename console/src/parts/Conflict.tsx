import { useEffect, useRef } from "react";

import type { Problem } from "../api/problems";

type ConflictProps = {
  readonly mine: unknown;
  readonly problem: Problem;
  readonly onOverwrite: () => void;
};

/** Somebody else saved meanwhile: both versions, and the choice which one stays. Nothing is overwritten by accident. */
export function Conflict({ mine, problem, onOverwrite }: ConflictProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  const theirs = pick(problem.current, mine);
  return (
    <div className="note warn" role="alert" tabIndex={-1} ref={box}>
      <div>
        <p className="note-title">Somebody else changed this meanwhile</p>
        <p>Nothing of yours is lost. Compare the two, and choose.</p>
        <div className="versions">
          <div>
            <h3>Yours</h3>
            <pre>{JSON.stringify(mine, null, 2)}</pre>
          </div>
          <div>
            <h3>As it is now</h3>
            <pre>{JSON.stringify(theirs, null, 2)}</pre>
          </div>
        </div>
        <div className="actions">
          <button type="button" className="button" onClick={onOverwrite}>
            Save mine over it
          </button>
          <button type="button" className="button" onClick={() => location.reload()}>
            Take theirs
          </button>
        </div>
      </div>
    </div>
  );
}

/** Of what there is now, the members that both have. */
function pick(current: unknown, mine: unknown): unknown {
  if (typeof current !== "object" || current === null || typeof mine !== "object" || mine === null) return current;
  return Object.fromEntries(Object.entries(current).filter(([key]) => key in mine));
}
