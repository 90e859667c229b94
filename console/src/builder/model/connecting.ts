import type { ExitRef } from "./edits";
import type { FlowGraph, Step } from "./graph";

/**
 * Says in words why an exit cannot lead to a step, or null if it can. These are the rules that can be told from the
 * drawing at once; the server's checker has the last word.
 */
export function refuseConnection(graph: FlowGraph, exit: ExitRef, target: string): string | null {
  const source = graph.steps.get(exit.step);
  const goal = graph.steps.get(target);
  if (!source || !goal) return "That step is not there any more.";
  if (source.kind === "end") return "An end is where a run stops. Nothing comes after it.";
  if (source.exits.some((one) => one.outcome === exit.outcome && one.target === target)) return null;
  const round = findUnattendedRound(graph, source, goal);
  if (round) {
    return `This would go round without anybody doing anything: ${round.join(", ")}. Put a screen in between.`;
  }
  return null;
}

/** Finds a way from `goal` back to `source` on which nobody is asked, if the new wire would close such a round. */
function findUnattendedRound(graph: FlowGraph, source: Step, goal: Step): string[] | null {
  if (isAttended(source) || isAttended(goal)) return null;
  const cameFrom = new Map<string, string | null>([[goal.id, null]]);
  const queue = [goal.id];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    if (at === source.id) return trace(cameFrom, at);
    for (const { target } of graph.steps.get(at)?.exits ?? []) {
      const next = target === null ? undefined : graph.steps.get(target);
      if (!next || isAttended(next) || cameFrom.has(next.id)) continue;
      cameFrom.set(next.id, at);
      queue.push(next.id);
    }
  }
  return null;
}

/** Where a run may wait for somebody. Of connectors and sub-flows only the server knows, so they are let pass. */
function isAttended(step: Step): boolean {
  return !(step.kind === "action" || step.kind === "condition");
}

function trace(cameFrom: ReadonlyMap<string, string | null>, end: string): string[] {
  const way: string[] = [];
  for (let at: string | null | undefined = end; at; at = cameFrom.get(at)) way.unshift(at);
  return way;
}
