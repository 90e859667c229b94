import type { Side } from "./look";

/** What is wrong at a place of a theme; `side` is the one that it is about, undefined for both. */
export type Finding = { readonly text: string; readonly side: Side | undefined };

/** The faults that the server tells of a place and of what is in it, each without its place. */
export function faultsAt(faults: readonly string[], path: string): readonly Finding[] {
  return faults.flatMap((fault) => {
    const end = fault.indexOf(": ");
    const at = fault.slice(0, end);
    if (at !== path && !at.startsWith(`${path}.`)) return [];
    const text = fault.slice(end + 2);
    const side = /\.(light|dark)$/.exec(at)?.[1] ?? / in (light|dark),/.exec(text)?.[1];
    return [{ text: at === path ? text : `${at.slice(path.length + 1)} ${text}`, side: side as Side | undefined }];
  });
}

/**
 * What is wrong with a colour that a theme sets. A contrast is of two colours and told at one of them; who has just changed
 * the other looks there.
 */
export function faultsOfColour(faults: readonly string[], token: string): readonly Finding[] {
  const onIt = faults.filter((fault) => !fault.startsWith(`tokens.${token}: `) && fault.includes(` on ${token} has a contrast of `));
  return [...faultsAt(faults, `tokens.${token}`), ...onIt.flatMap((fault) => faultsAt([fault], fault.slice(0, fault.indexOf(": "))))];
}
