import { isMap } from "yaml";

import { keyOf } from "../model/graph";
import { parseText } from "../model/text";

/** Returns the line (from 1) where a step stands in a text, null if it does not. */
export function findStepLine(text: string, step: string): number | null {
  const found = listSteps(text).find((one) => one.name === step);
  return found?.line ?? null;
}

/** Returns the step that a line (from 1) belongs to, null if it is none. */
export function stepAtLine(text: string, line: number): string | null {
  return listSteps(text).find((one) => one.line <= line && line <= one.lastLine)?.name ?? null;
}

interface StepPlace {
  name: string;
  line: number;
  lastLine: number;
}

/** The places in the text that was last asked about: a cursor moves more often than a text changes. */
let known: { text: string; places: StepPlace[] } | null = null;

function listSteps(text: string): StepPlace[] {
  if (known?.text !== text) known = { text, places: findSteps(text) };
  return known.places;
}

function findSteps(text: string): StepPlace[] {
  const { doc, faults } = parseText(text);
  const steps = doc.get("steps");
  if (faults.length > 0 || !isMap(steps)) return [];
  const lineOf = makeLineCounter(text);
  return steps.items.flatMap((pair) => {
    const start = (pair.key as { range?: [number, number, number] | null }).range?.[0];
    const end = (pair.value as { range?: [number, number, number] | null } | null)?.range?.[1];
    if (start === undefined || end === undefined) return [];
    return [{ name: keyOf(pair), line: lineOf(start), lastLine: lineOf(Math.max(start, end - 1)) }];
  });
}

function makeLineCounter(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? Infinity) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}
