import { useInfiniteQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { ProblemNote } from "./ProblemNote";

type Read<T> = (cursor: string | undefined) => Promise<{ readonly items: readonly T[]; readonly next: string | null }>;

type PagesProps<T> = {
  readonly queryKey: readonly unknown[];
  readonly read: Read<T>;
  readonly empty: ReactNode;
  readonly children: (items: readonly T[]) => ReactNode;
};

/** A list that is read page by page: the first at once, each further one when somebody asks for it. */
export function Pages<T>({ queryKey, read, empty, children }: PagesProps<T>) {
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }: { pageParam: string | undefined }) => read(pageParam),
    initialPageParam: undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });
  if (query.data === undefined) {
    if (query.error === null) return <div className="waiting" role="status"><span className="hidden">Loading …</span><span /><span /><span /></div>;
    return (
      <ProblemNote problem={query.error}>
        <button type="button" className="button" onClick={() => void query.refetch()}>
          Try again
        </button>
      </ProblemNote>
    );
  }
  const items = query.data.pages.flatMap((page) => page.items);
  return (
    <>
      {items.length === 0 ? empty : children(items)}
      {query.isFetchNextPageError && <ProblemNote problem={query.error} />}
      {query.hasNextPage && (
        <p>
          <button type="button" className="button" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show more
          </button>
        </p>
      )}
    </>
  );
}
