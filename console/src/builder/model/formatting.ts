import { diffLines } from "./lines";

interface Hunk {
  /** The lines of the text before that are replaced: from `start`, up to and without `end`. */
  start: number;
  end: number;
  lines: string[];
}

/**
 * Puts an edit into a text that is written in its author's own way. `before` and `after` are the document before and
 * after the edit, both as we write them; what the edit does not touch keeps the author's lines.
 */
export function keepFormatting(source: string, before: string, after: string): string {
  const base = before.split("\n");
  const own = listHunks(base, source.split("\n"));
  const edit = listHunks(base, after.split("\n"));
  const kept = own.filter((one) => !edit.some((other) => isOver(one, other)));
  const lines: string[] = [];
  let at = 0;
  for (const hunk of [...kept, ...edit].sort((one, two) => one.start - two.start || one.end - two.end)) {
    lines.push(...base.slice(at, hunk.start), ...hunk.lines);
    at = hunk.end;
  }
  return [...lines, ...base.slice(at)].join("\n");
}

/** Says whether two hunks want the same lines, or the same place between lines. */
function isOver(one: Hunk, other: Hunk): boolean {
  if (one.start === other.start && (one.start === one.end || other.start === other.end)) return one.end === other.end;
  return one.start < other.end && other.start < one.end;
}

function listHunks(base: string[], other: string[]): Hunk[] {
  const hunks: Hunk[] = [];
  let at = 0;
  let open: Hunk | null = null;
  for (const line of diffLines(base, other)) {
    if (line.sign === " ") {
      open = null;
      at += 1;
      continue;
    }
    if (!open) {
      open = { start: at, end: at, lines: [] };
      hunks.push(open);
    }
    if (line.sign === "+") open.lines.push(line.text);
    else {
      at += 1;
      open.end = at;
    }
  }
  return hunks;
}
