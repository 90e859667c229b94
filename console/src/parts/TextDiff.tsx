import { diffLines, foldDiff, type Piece } from "./lineDiff";

type TextDiffProps = {
  readonly label: string;
  readonly from: string;
  readonly to: string;
  readonly fromTitle: string;
  readonly toTitle: string;
};

const SIGNS = { same: " ", gone: "−", new: "+", skipped: "" } as const;

/** What differs between two texts, line by line. A sign says what the colour says. */
export function TextDiff({ label, from, to, fromTitle, toTitle }: TextDiffProps) {
  const pieces = foldDiff(diffLines(from, to));
  if (pieces.every(({ kind }) => kind === "same" || kind === "skipped")) return <p className="soft">Nothing differs.</p>;
  return (
    <figure className="diff" aria-label={`${label}: what differs`}>
      <figcaption className="small">
        <span className="diff-line gone">
          <span aria-hidden>−</span> {fromTitle}
        </span>
        <span className="diff-line new">
          <span aria-hidden>+</span> {toTitle}
        </span>
      </figcaption>
      <div className="diff-text" role="group" tabIndex={0} aria-label={label}>
        {pieces.map((piece, index) => (
          <div key={index} className={`diff-line ${piece.kind}`}>
            <span aria-hidden>{SIGNS[piece.kind]}</span>
            <span className="hidden">{saySign(piece, fromTitle, toTitle)}</span>
            {piece.kind === "skipped" ? `${piece.count} ${piece.count === 1 ? "line" : "lines"} that did not change` : piece.text}
          </div>
        ))}
      </div>
    </figure>
  );
}

function saySign(piece: Piece, fromTitle: string, toTitle: string): string {
  if (piece.kind === "gone") return `${fromTitle}: `;
  return piece.kind === "new" ? `${toTitle}: ` : "";
}
