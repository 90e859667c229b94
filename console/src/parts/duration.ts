const UNITS = [
  [86_400, "day", "days"],
  [3600, "hour", "hours"],
  [60, "minute", "minutes"],
] as const;

/** Say a length of time in its largest fitting unit: 600 becomes "10 minutes". */
export function sayDuration(seconds: number): string {
  for (const [length, one, many] of UNITS) {
    if (seconds >= length) {
      const count = Math.round((seconds / length) * 10) / 10;
      return `${count.toLocaleString()} ${count === 1 ? one : many}`;
    }
  }
  const count = Math.round(seconds * 10) / 10;
  return `${count.toLocaleString()} ${count === 1 ? "second" : "seconds"}`;
}
