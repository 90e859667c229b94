import type { FlowGraph } from "./graph";

/** Finds the exits that lead back to a step that was passed before, going from the start; each as step and outcome. */
export function findBackward(graph: FlowGraph): Set<string> {
  const back = new Set<string>();
  const open = new Set<string>();
  const done = new Set<string>();
  const visit = (name: string) => {
    open.add(name);
    for (const { outcome, target } of graph.steps.get(name)?.exits ?? []) {
      if (target === null || !graph.steps.has(target)) continue;
      if (open.has(target)) back.add(`${name} ${outcome}`);
      else if (!done.has(target)) visit(target);
    }
    open.delete(name);
    done.add(name);
  };
  for (const name of listFromStart(graph)) if (!done.has(name)) visit(name);
  return back;
}

/** Lists the steps as a run can meet them, the start first, so that the way forward is drawn forward. */
export function listFromStart(graph: FlowGraph): string[] {
  const seen = new Set<string>();
  const queue = graph.steps.has(graph.head.start) ? [graph.head.start] : [];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    if (seen.has(at)) continue;
    seen.add(at);
    for (const { target } of graph.steps.get(at)?.exits ?? []) {
      if (target !== null && graph.steps.has(target)) queue.push(target);
    }
  }
  for (const name of graph.steps.keys()) seen.add(name);
  return [...seen];
}
