import { answer, client } from "../../api/client";
import { Problem } from "../../api/problems";
import type { components } from "../../api/schema.gen";

export type Chain = components["schemas"]["AuditChain"];
export type Finding = components["schemas"]["AuditFinding"];
type Part = components["schemas"]["AuditCheck"];

/** How far a check of the chain has come, and what it found. `next` is where it goes on; null says that it is done. */
export type Walk = {
  readonly seals: number;
  readonly entries: number;
  readonly erased: number;
  readonly findings: readonly Finding[];
  readonly more: boolean;
  readonly through: number;
  readonly of: number;
  readonly head: string | null;
  readonly next: string | null | undefined;
};

export const START: Walk = { seals: 0, entries: 0, erased: 0, findings: [], more: false, through: 0, of: 0, head: null, next: undefined };

/** More than anybody reads: what is wrong by then is clear, and the command tells the rest. */
export const MOST_FINDINGS = 100;

type ReadPart = (query: { readonly head?: string; readonly cursor?: string }) => Promise<Part>;

const readPart: ReadPart = (query) => answer(client.GET("/audit/check", { params: { query } }));

/** Add what a part found. */
export function goOn(walk: Walk, part: Part): Walk {
  const findings = [...walk.findings, ...part.findings];
  return {
    seals: walk.seals + part.seals,
    entries: walk.entries + part.entries,
    erased: walk.erased + part.erased,
    findings: findings.slice(0, MOST_FINDINGS),
    more: walk.more || part.more_findings || findings.length > MOST_FINDINGS,
    through: part.through,
    of: part.chain_seals,
    head: part.chain_head,
    next: part.next,
  };
}

/**
 * Check the chain part by part, from where `from` has come to, and tell each step. It ends at the end of the chain or when
 * `stopped` says so; a part that cannot be read throws, and the last step told is where to go on from.
 */
export async function walkChain(
  from: Walk,
  head: string,
  tell: (walk: Walk) => void,
  stopped: () => boolean,
  read: ReadPart = readPart,
  rest: () => Promise<void> = restAWhile,
): Promise<void> {
  let walk = from;
  while (walk.next !== null && !stopped()) {
    try {
      // A head that was kept is looked for once, with the first part.
      const part = await read(walk.next === undefined ? (head === "" ? {} : { head }) : { cursor: walk.next });
      if (stopped()) return;
      walk = goOn(walk, part);
      tell(walk);
    } catch (problem) {
      if (!(problem instanceof Problem && problem.status === 429)) throw problem;
      await rest();
    }
  }
}

/** Whoever has a very long chain comes to the limit of requests. The check waits, and leaves some to the person. */
const REST_MS = 5000;

function restAWhile(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, REST_MS));
}
