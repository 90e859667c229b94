import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";

import type { Variable } from "../data/shapes";

const WORD = /[A-Za-z_][\w.]*/;

/** Completes paths part by part, and behind a comparison the values that the path can have. */
export function completePath(context: CompletionContext, variables: readonly Variable[]): CompletionResult | null {
  const before = context.state.sliceDoc(0, context.pos);
  const values = completeValue(before, context.pos, variables);
  if (values) return values;
  const word = context.matchBefore(WORD);
  if (!word && !context.explicit) return null;
  const from = word?.from ?? context.pos;
  return { from, options: listPaths(variables), validFor: /^[\w.]*$/ };
}

function listPaths(variables: readonly Variable[]): Completion[] {
  return variables.map((variable) => ({
    label: variable.path,
    detail: variable.type,
    info: variable.values ? `${variable.description} ${variable.values.join(", ")}` : variable.description,
    type: "variable",
  }));
}

/** Finds the variable that stands before a comparison with an open text: `a.b == "O`. */
export function completeValue(before: string, pos: number, variables: readonly Variable[]): CompletionResult | null {
  const found = /([A-Za-z_][\w.]*)\s*(?:==|!=|in\s*\[(?:[^\]]*,)?)\s*"([^"]*)$/.exec(before);
  const variable = found ? variables.find((one) => one.path === found[1]) : undefined;
  if (!variable?.values) return null;
  const typed = found?.[2] ?? "";
  return {
    from: pos - typed.length,
    options: variable.values.map((value) => ({ label: value, type: "constant" })),
    validFor: /^\w*$/,
  };
}
