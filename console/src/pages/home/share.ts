/** A part of a whole in percent, and the number itself where the whole is small. */
export function share(part: number, whole: number): string {
  if (whole === 0) return "–";
  if (whole < 20) return `${part} of ${whole}`;
  return `${Math.round((part / whole) * 100)} %`;
}
