export type Tone = "" | "good" | "warn" | "bad";

/** A word with a tone. The word says it; the colour only helps to find it. */
export function Chip({ tone = "", children }: { readonly tone?: Tone; readonly children: React.ReactNode }) {
  return <span className={`chip ${tone}`}>{children}</span>;
}
