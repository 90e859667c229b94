import type { Line } from "../model/lines";

const WORDS: Record<Line["sign"], string> = { "+": "added: ", "-": "removed: ", " ": "", "@": "" };

/** Lines that differ, by sign and colour. */
export function TextDifference({ lines }: { readonly lines: readonly Line[] }) {
  if (lines.length === 0) return <p className="soft">The texts are the same.</p>;
  return (
    <div className="b-diff mono" tabIndex={0} role="region" aria-label="What differs, line by line">
      {lines.map((line, index) => (
        <div key={index} data-sign={line.sign}>
          <span aria-hidden>{line.sign === "@" ? "" : line.sign}</span>
          <span className="hidden">{WORDS[line.sign]}</span>
          {line.text}
        </div>
      ))}
    </div>
  );
}
