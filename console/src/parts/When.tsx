const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
] as const;

const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const ABSOLUTE = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** Say how long ago something was, or how long it is until then. */
export function sayWhen(at: Date, now: Date): string {
  const seconds = (at.getTime() - now.getTime()) / 1000;
  for (const [unit, length] of UNITS) {
    if (Math.abs(seconds) >= length) return RELATIVE.format(Math.round(seconds / length), unit);
  }
  return "just now";
}

/** A time: how long ago, and exactly when for those who ask. */
export function When({ at }: { readonly at: string }) {
  const date = new Date(at);
  return (
    <time dateTime={at} title={ABSOLUTE.format(date)}>
      {sayWhen(date, new Date())}
    </time>
  );
}

/** A time as it is on the wall. */
export function Exactly({ at }: { readonly at: string }) {
  return <time dateTime={at}>{ABSOLUTE.format(new Date(at))}</time>;
}
