import { exitKey, type Marks, NO_MARKS, outerStep } from "../canvas/marks";
import type { FlowStats } from "../data/shapes";

/** Puts the counts on the drawing: how many took each exit, and on each step how many came and left for good. */
export function markStats(counts: FlowStats["versions"][number]): Marks {
  const numbers = new Map<string, string>();
  const notes = new Map<string, string>();
  for (const step of counts.steps) {
    const name = outerStep(step.step);
    const dropped = Object.values(step.dropped).reduce((sum, one) => sum + one, 0);
    const words = [`${step.entered} came`];
    if (step.waiting > 0) words.push(`${step.waiting} wait`);
    if (dropped > 0) words.push(`${dropped} left (${Math.round((100 * dropped) / Math.max(1, step.entered))} %)`);
    notes.set(name, words.join(" · "));
    for (const exit of step.exits) {
      if (exit.count === 0) continue;
      const share = step.entered > 0 ? ` · ${Math.round((100 * exit.count) / step.entered)} %` : "";
      numbers.set(exitKey(name, exit.outcome), `${exit.count}${share}`);
    }
  }
  return { ...NO_MARKS, counts: numbers, notes };
}

export function writeSeconds(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}
