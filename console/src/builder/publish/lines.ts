import { diffLines, type Line } from "../model/lines";

const AROUND = 3;
/** Compares two texts line by line and keeps what differs, with three lines around it. */
export function compareLines(before: string, after: string): Line[] {
  return fold(diffLines(before.split("\n"), after.split("\n")));
}

/** Reads the lines of a unified diff, as the server writes it. */
export function readUnified(text: string): Line[] {
  const lines: Line[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("---") || line.startsWith("+++")) continue;
    const sign = line[0];
    if (sign === "@") lines.push({ sign: "@", text: line });
    else if (sign === "+" || sign === "-" || sign === " ") lines.push({ sign, text: line.slice(1) });
  }
  return lines;
}

function fold(lines: Line[]): Line[] {
  const near = lines.map((_, index) => lines.slice(Math.max(0, index - AROUND), index + AROUND + 1).some((line) => line.sign !== " "));
  const kept: Line[] = [];
  lines.forEach((line, index) => {
    if (near[index]) kept.push(line);
    else if (near[index - 1]) kept.push({ sign: "@", text: "…" });
  });
  if (kept.at(-1)?.sign === "@") kept.pop();
  return kept;
}
