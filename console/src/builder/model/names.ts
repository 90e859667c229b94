/** What the server takes as the name of a step: letters, digits, `_` and `-`, at most 40 characters. */
export const STEP_ID = /^[A-Za-z][A-Za-z0-9_-]{0,39}$/;

/** Returns the name itself if it is free, else with the first number that makes it free. */
export function freshName(wanted: string, taken: ReadonlySet<string>): string {
  const base = cleanName(wanted);
  if (!taken.has(base)) return base;
  const stem = base.replace(/_\d+$/, "");
  for (let count = 2; ; count += 1) {
    const ending = `_${String(count)}`;
    const name = stem.slice(0, 40 - ending.length) + ending;
    if (!taken.has(name)) return name;
  }
}

function cleanName(wanted: string): string {
  const name = wanted.replace(/[^A-Za-z0-9_-]+/g, "_").replace(/^[^A-Za-z]+/, "");
  return (name || "step").slice(0, 40);
}

/** Says in words why a name cannot be given to a step, or null if it can. */
export function faultOfName(name: string, taken: ReadonlySet<string>): string | null {
  if (name === "") return "Give the step a name.";
  if (!STEP_ID.test(name)) return "Use letters, digits, - and _. Start with a letter, at most 40 characters.";
  return taken.has(name) ? `There is another step called ${name}.` : null;
}
