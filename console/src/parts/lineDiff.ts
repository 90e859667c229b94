export type DiffLine = { readonly kind: "same" | "gone" | "new"; readonly text: string };

/** Above this many pairs of lines a document is taken for changed as a whole, in place of a long wait. */
const MOST_PAIRS = 4_000_000;

/** What became of the lines of a text: the longest common subsequence stays, the rest went or came. */
export function diffLines(from: string, to: string): DiffLine[] {
  const [old, now] = [split(from), split(to)];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old[old.length - 1 - end] === now[now.length - 1 - end]) end += 1;
  const same = (lines: readonly string[]): DiffLine[] => lines.map((text) => ({ kind: "same", text }));
  return [
    ...same(now.slice(0, start)),
    ...diffMiddle(old.slice(start, old.length - end), now.slice(start, now.length - end)),
    ...same(now.slice(now.length - end)),
  ];
}

function diffMiddle(old: readonly string[], now: readonly string[]): DiffLine[] {
  if (old.length * now.length > MOST_PAIRS) {
    return [...old.map((text): DiffLine => ({ kind: "gone", text })), ...now.map((text): DiffLine => ({ kind: "new", text }))];
  }
  const width = now.length + 1;
  const common = new Uint32Array((old.length + 1) * width);
  const at = (row: number, column: number) => common[row * width + column] ?? 0;
  for (let row = old.length - 1; row >= 0; row -= 1) {
    for (let column = now.length - 1; column >= 0; column -= 1) {
      const longest = old[row] === now[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
      common[row * width + column] = longest;
    }
  }
  const lines: DiffLine[] = [];
  let [row, column] = [0, 0];
  while (row < old.length || column < now.length) {
    const [gone, come] = [old[row], now[column]];
    if (gone !== undefined && come !== undefined && gone === come) {
      lines.push({ kind: "same", text: come });
      row += 1;
      column += 1;
    } else if (gone !== undefined && (come === undefined || at(row + 1, column) >= at(row, column + 1))) {
      lines.push({ kind: "gone", text: gone });
      row += 1;
    } else {
      lines.push({ kind: "new", text: come ?? "" });
      column += 1;
    }
  }
  return lines;
}

function split(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

export type Piece = DiffLine | { readonly kind: "skipped"; readonly count: number };

/** Leave out what did not change, but for a few lines around what did. */
export function foldDiff(lines: readonly DiffLine[], around = 3): Piece[] {
  const near = lines.map((_, index) => lines.slice(Math.max(0, index - around), index + around + 1).some(({ kind }) => kind !== "same"));
  const pieces: Piece[] = [];
  lines.forEach((line, index) => {
    if (near[index] === true) {
      pieces.push(line);
      return;
    }
    const last = pieces.at(-1);
    if (last?.kind === "skipped") pieces[pieces.length - 1] = { kind: "skipped", count: last.count + 1 };
    else pieces.push({ kind: "skipped", count: 1 });
  });
  return pieces;
}
