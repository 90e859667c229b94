/** Two texts of a flow to compare: each is the number of a version, or `draft:` and a name. */
export interface Comparison {
  readonly from: string;
  readonly to: string;
}

const VERSIONS = /^(\d{1,9})\.\.(\d{1,9})$/;

/** Read `3..4` of an address, as links to a comparison have it. Null for anything else. */
export function readComparison(text: string | null): Comparison | null {
  const found = VERSIONS.exec(text ?? "");
  return found ? { from: found[1] ?? "", to: found[2] ?? "" } : null;
}

/** The address that shows how two versions of a flow differ. */
export function comparisonPath(flow: string, from: number, to: number): string {
  return `/flows/${encodeURIComponent(flow)}?compare=${from}..${to}`;
}
