export interface Line {
  sign: " " | "+" | "-" | "@";
  text: string;
}

/** Beyond this many lines that differ, the middle is shown as one block: told quickly, and still all of it. */
const MOST_CELLS = 4_000_000;

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

/** The longest common subsequence, by the plain table. */
function diffMiddle(one: string[], two: string[]): Line[] {
  const removed = (text: string): Line => ({ sign: "-", text });
  const added = (text: string): Line => ({ sign: "+", text });
  if (one.length * two.length > MOST_CELLS) return [...one.map(removed), ...two.map(added)];
  const width = two.length + 1;
  const table = new Uint32Array((one.length + 1) * width);
  const at = (i: number, j: number) => table[i * width + j] ?? 0;
  for (let i = one.length - 1; i >= 0; i -= 1) {
    for (let j = two.length - 1; j >= 0; j -= 1) {
      table[i * width + j] = one[i] === two[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < one.length || j < two.length) {
    if (i < one.length && j < two.length && one[i] === two[j]) {
      lines.push({ sign: " ", text: one[i] ?? "" });
      i += 1;
      j += 1;
    } else if (j >= two.length || (i < one.length && at(i + 1, j) >= at(i, j + 1))) {
      lines.push(removed(one[i] ?? ""));
      i += 1;
    } else {
      lines.push(added(two[j] ?? ""));
      j += 1;
    }
  }
  return lines;
}
