import { type ReactNode, useEffect, useRef } from "react";

import { Problem } from "../api/problems";
import { Conflict, type Side } from "./Conflict";
import { ProblemNote } from "./ProblemNote";
import type { Submission } from "./submission";

type FormProps = {
  readonly submission: Submission;
  readonly onSend: () => void;
  /** For those who may see it and not change it. */
  readonly readOnly?: boolean;
  /** For what others may change meanwhile: how both versions read, and what saving over theirs does. */
  readonly conflict?: {
    readonly mine: Side;
    readonly theirs: (current: unknown) => Side;
    readonly onOverwrite: (etag: string | undefined) => void;
  };
  readonly children: ReactNode;
};

/** A form: what went wrong stands above it and takes the focus, or the first field that is wrong does. */
export function Form({ submission, onSend, readOnly = false, conflict, children }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  const { problem, refusals } = submission;
  useEffect(() => {
    if (refusals > 0) form.current?.querySelector<HTMLElement>("[aria-invalid=true], [data-invalid] input")?.focus();
  }, [refusals]);
  // What was removed meanwhile has no other version.
  const changed = problem instanceof Problem && problem.kind === "precondition-failed" && (problem.current ?? null) !== null;
  const stale = changed ? problem : undefined;
  return (
    <form
      className="form"
      noValidate
      autoComplete="off"
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        // A dialog stands inside its page, and its form inside the page's.
        event.stopPropagation();
        if (!submission.busy) onSend();
      }}
    >
      {stale !== undefined && conflict !== undefined ? (
        <Conflict
          mine={conflict.mine}
          theirs={conflict.theirs(stale.current)}
          onOverwrite={() => conflict.onOverwrite(stale.etag)}
          onDiscard={submission.discard}
        />
      ) : (
        problem !== undefined && <ProblemNote problem={problem} focus />
      )}
      {readOnly ? (
        <fieldset className="form" disabled>
          {children}
        </fieldset>
      ) : (
        children
      )}
    </form>
  );
}
