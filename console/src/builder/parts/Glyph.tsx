import type { Tone } from "../model/catalogue";
import type { StepKind } from "../model/graph";

const KINDS: Record<StepKind, string> = {
  screen: "M4 5.5h16v11H4zM9 20h6M12 16.5V20",
  action: "M13 3.5 5.5 13.5H11l-1 7 7.5-10H12z",
  connector: "M9 4v4M15 4v4M6.5 8h11v3.5a5.5 5.5 0 0 1-11 0zM12 17v3.5",
  condition: "M12 3.5 20.5 12 12 20.5 3.5 12zM12 8.5v4M12 15.3h.01",
  subflow: "M4.5 5h6v5h-6zM13.5 14h6v5h-6zM7.5 10v4a2.5 2.5 0 0 0 2.5 2.5h3.5",
  review: "M12 12a3.6 3.6 0 1 0 0-7.2 3.6 3.6 0 0 0 0 7.2ZM5 20c.6-3.6 3.3-5.4 7-5.4 1.2 0 2.3.2 3.2.6M15.2 18.8l1.9 1.9 3.4-4.2",
  end: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM9 9h6v6H9z",
};

const TONES: Record<Tone, string> = {
  good: "M5.5 12.5l4.2 4.2 8.8-9.2",
  bad: "M7 7l10 10M17 7 7 17",
  wait: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM12 7.5V12l3 2",
  plain: "M6 12h11M13 7.5l4.5 4.5-4.5 4.5",
  proof: "M12 3.5 19 6v5.5c0 4.3-2.8 7.4-7 9-4.2-1.6-7-4.7-7-9V6zM8.8 11.8l2.3 2.3 4.2-4.6",
};

const SIGNS = {
  proof: TONES.proof,
  undo: "M8.5 5 4.5 9l4 4M4.5 9H14a5.5 5.5 0 0 1 0 11h-3",
  redo: "M15.5 5l4 4-4 4M19.5 9H10a5.5 5.5 0 0 0 0 11h3",
  tidy: "M4.5 6h5v4h-5zM14.5 4h5v4h-5zM14.5 15h5v4h-5zM9.5 8h2.5v9h2.5M12 6h2.5",
  search: "M11 17a6 6 0 1 0 0-12 6 6 0 0 0 0 12ZM15.5 15.5 20 20",
  plus: "M12 5.5v13M5.5 12h13",
  close: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  warn: "M12 4.5 20.5 19h-17zM12 10v4M12 16.6h.01",
  play: "M7.5 5v14l11-7z",
  copy: "M8.5 8.5h11v11h-11zM15.5 5h-11v11",
  trash: "M5 7h14M9.5 7V4.5h5V7M7 7l.8 12.5h8.4L17 7M10.5 10.5v5.5M13.5 10.5v5.5",
  link: "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1",
  help: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM9.7 9.5a2.4 2.4 0 1 1 3.4 2.2c-.8.4-1.1.9-1.1 1.8M12 16.6h.01",
  note: "M5 4.5h14v10l-5 5H5zM19 14.5h-5v5M8.5 9h7M8.5 12.5h4",
  up: "M12 19V5.5M6.5 11 12 5.5l5.5 5.5",
  down: "M12 5v13.5M6.5 13l5.5 5.5 5.5-5.5",
  back: "M19 12H5.5M11 6.5 5.5 12l5.5 5.5",
  menu: "M6 12h.01M12 12h.01M18 12h.01",
  book: "M5 5.5A2.5 2.5 0 0 1 7.5 3H19v15H7.5A2.5 2.5 0 0 0 5 20.5zM5 20.5A2.5 2.5 0 0 0 7.5 21H19v-3",
  history: "M4 12a8 8 0 1 0 2.6-5.9M4 4.5v4h4M12 8v4.5l3 1.8",
  save: "M5 4.5h11l3 3v12H5zM8.5 4.5v4.5h6V4.5M8 19.5v-6h8v6",
  fit: "M4.5 9V4.5H9M15 4.5h4.5V9M19.5 15v4.5H15M9 19.5H4.5V15",
} as const;

export type Sign = keyof typeof SIGNS;

/** A small drawing beside words, hidden from screen readers. */
export function Glyph({ path, size = 16 }: { readonly path: string; readonly size?: number }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" width={size} height={size} aria-hidden focusable="false">
      <path d={path} />
    </svg>
  );
}

export function KindGlyph({ kind, size = 18 }: { readonly kind: StepKind; readonly size?: number }) {
  return <Glyph path={KINDS[kind]} size={size} />;
}

export function ToneGlyph({ tone }: { readonly tone: Tone }) {
  return <Glyph path={TONES[tone]} size={13} />;
}

export function SignGlyph({ sign, size = 18 }: { readonly sign: Sign; readonly size?: number }) {
  return <Glyph path={SIGNS[sign]} size={size} />;
}

export const KIND_TITLES: Record<StepKind, string> = {
  screen: "Screen",
  action: "Action",
  connector: "Connector",
  condition: "Condition",
  subflow: "Sub-flow",
  review: "Review",
  end: "End",
};
