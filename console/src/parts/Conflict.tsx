import { useEffect, useRef } from "react";

import { readAgain } from "../api/queries";
import { Icon } from "./Icon";
import { TextDiff } from "./TextDiff";

/** A version of something as people read it: the name of each part, and what it says. */
export type Side = Readonly<Record<string, string>>;

type ConflictProps = {
  readonly mine: Side;
  readonly theirs: Side;
  readonly onOverwrite: () => void;
  readonly onDiscard: () => void;
};

/** Somebody else saved meanwhile: both versions, and the choice which one stays. Nothing is overwritten by accident. */
export function Conflict({ mine, theirs, onOverwrite, onDiscard }: ConflictProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  const parts = [...new Set([...Object.keys(mine), ...Object.keys(theirs)])].filter((part) => mine[part] !== theirs[part]);

  function takeTheirs() {
    onDiscard();
    readAgain();
  }

  return (
    <div className="note warn" role="alert" tabIndex={-1} ref={box}>
      <Icon name="warn" />
      <div className="conflict">
        <p className="note-title">Somebody else changed this meanwhile</p>
        <p>Nothing of yours is lost. Compare the two, and choose.</p>
        {parts.length === 0 && <p>Both say the same.</p>}
        {parts.map((part) => (
          <section key={part} aria-label={part}>
            <h3>{part}</h3>
            {isLong(mine[part]) || isLong(theirs[part]) ? (
              <TextDiff label={part} from={theirs[part] ?? ""} to={mine[part] ?? ""} fromTitle="As it is now" toTitle="Yours" />
            ) : (
              <dl className="facts">
                <dt>Yours</dt>
                <dd>{sayPart(mine[part])}</dd>
                <dt>As it is now</dt>
                <dd>{sayPart(theirs[part])}</dd>
              </dl>
            )}
          </section>
        ))}
        <div className="actions">
          <button type="button" className="button" onClick={onOverwrite}>
            Save mine over it
          </button>
          <button type="button" className="button" onClick={takeTheirs}>
            Take theirs
          </button>
        </div>
      </div>
    </div>
  );
}

function isLong(text: string | undefined): boolean {
  return text?.trim().includes("\n") ?? false;
}

function sayPart(text = ""): string {
  return text === "" ? "Nothing" : text;
}
