import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { ProblemNote } from "./ProblemNote";

type LoadedProps<T> = {
  readonly query: UseQueryResult<T>;
  readonly children: (data: T) => ReactNode;
};

/** What was read; before that a sign of life, and what went wrong with a way to try again. Old data stays meanwhile. */
export function Loaded<T>({ query, children }: LoadedProps<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error !== null) {
    return (
      <ProblemNote problem={query.error}>
        <button type="button" className="button" onClick={() => void query.refetch()}>
          Try again
        </button>
      </ProblemNote>
    );
  }
  return (
    <div className="waiting" role="status">
      <span className="hidden">Loading …</span>
      <span />
      <span />
      <span />
    </div>
  );
}
