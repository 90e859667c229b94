export interface Change {
  from: number;
  to: number;
  insert: string;
}

/** Finds the smallest piece of a text that must be replaced to get another, so that cursor and folds stay. Null if none. */
export function findChange(before: string, after: string): Change | null {
  if (before === after) return null;
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < most - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  return { from: start, to: before.length - end, insert: after.slice(start, after.length - end) };
}
