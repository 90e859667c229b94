export interface Line {
  sign: " " | "+" | "-" | "@";
  text: string;
}

/** Beyond so many lines removed and added, the middle is shown as one block: told quickly, and still all of it. */
const MOST_EDITS = 2000;

/** Compares two lists of lines: what is the same, what was removed and what was added, in order. */
export function diffLines(one: string[], two: string[]): Line[] {
  let start = 0;
  while (start < one.length && start < two.length && one[start] === two[start]) start += 1;
  let end = 0;
  while (end < one.length - start && end < two.length - start && one[one.length - 1 - end] === two[two.length - 1 - end]) end += 1;
  const same = (text: string): Line => ({ sign: " ", text });
  const middle = diffMiddle(one.slice(start, one.length - end), two.slice(start, two.length - end));
  return [...one.slice(0, start).map(same), ...middle, ...one.slice(one.length - end).map(same)];
}

/** The shortest edit script, by Myers' greedy algorithm (1986): quick where the two have most in common. */
function diffMiddle(one: string[], two: string[]): Line[] {
  const trace: Int32Array[] = [];
  let reach = new Int32Array([0]);
  for (let edits = 0; edits <= MOST_EDITS; edits += 1) {
    // On diagonal k (lines of `one` less those of `two`), the furthest line of `one` that so many edits lead to.
    const next = new Int32Array(2 * edits + 1);
    for (let k = -edits; k <= edits; k += 2) {
      let x = edits === 0 ? 0 : isAdded(reach, k, edits) ? furthest(reach, k + 1) : furthest(reach, k - 1) + 1;
      while (x < one.length && x - k < two.length && one[x] === two[x - k]) x += 1;
      next[k + edits] = x;
      if (x >= one.length && x - k >= two.length) return readTrace(one, two, [...trace, next]);
    }
    trace.push(next);
    reach = next;
  }
  return [...one.map((text): Line => ({ sign: "-", text })), ...two.map((text): Line => ({ sign: "+", text }))];
}

/** What was reached on a diagonal, with one edit less than now: the middle of the list is diagonal 0. */
function furthest(reach: Int32Array, k: number): number {
  return reach[k + (reach.length - 1) / 2] ?? -1;
}

function isAdded(reach: Int32Array, k: number, edits: number): boolean {
  return k === -edits || (k !== edits && furthest(reach, k - 1) < furthest(reach, k + 1));
}

/** Walks back from the end along what was reached, and returns the lines from the beginning. */
function readTrace(one: string[], two: string[], trace: Int32Array[]): Line[] {
  const lines: Line[] = [];
  let x = one.length;
  let y = two.length;
  for (let edits = trace.length - 1; edits >= 0; edits -= 1) {
    const reach = trace[edits - 1];
    const isDown = reach !== undefined && isAdded(reach, x - y, edits);
    const from = reach === undefined ? 0 : isDown ? furthest(reach, x - y + 1) : furthest(reach, x - y - 1);
    const start = reach === undefined ? 0 : isDown ? from : from + 1;
    while (x > start) {
      x -= 1;
      y -= 1;
      lines.push({ sign: " ", text: one[x] ?? "" });
    }
    if (reach === undefined) break;
    if (isDown) {
      y -= 1;
      lines.push({ sign: "+", text: two[y] ?? "" });
    } else {
      x -= 1;
      lines.push({ sign: "-", text: one[x] ?? "" });
    }
  }
  return lines.reverse();
}
