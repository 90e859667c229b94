import { caseName, LIMIT, OTHERWISE, type Step, type StepKind } from "./graph";

export interface OutcomeType {
  readonly name: string;
  readonly title: string;
  readonly required: boolean;
}

/** What can be known of a step before it is in a flow, as the server tells it. */
export interface StepType {
  readonly kind: StepKind;
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly outcomes: readonly OutcomeType[];
  readonly any_of: readonly string[];
  readonly options_schema: Readonly<Record<string, unknown>>;
  readonly step_schema: Readonly<Record<string, unknown>>;
  readonly proves: readonly { readonly outcome: string; readonly evidence: string }[];
  readonly evidence: readonly string[];
  readonly amr: readonly string[];
  readonly needs: readonly string[];
  readonly connector_type: string | null;
}

export interface StepGroup {
  readonly id: string;
  readonly title: string;
  readonly types: readonly StepType[];
}

export type Tone = "good" | "bad" | "wait" | "plain" | "proof";

/** One exit of a step as it is drawn: wired or free, known to the catalogue or not. */
export interface Port {
  outcome: string;
  title: string;
  target: string | null;
  required: boolean;
  known: boolean;
  tone: Tone;
  proves: string | null;
}

/** Finds step types by kind and name. */
export class Catalogue {
  readonly groups: readonly StepGroup[];
  private readonly byKey = new Map<string, StepType>();

  constructor(groups: readonly StepGroup[]) {
    this.groups = groups;
    for (const group of groups) {
      for (const type of group.types) this.byKey.set(`${type.kind}:${type.name}`, type);
    }
  }

  /** Returns the type of a step, or null if nothing is known of it. Every condition is of one type. */
  find(kind: StepKind, subject: string): StepType | null {
    return this.byKey.get(`${kind}:${subject}`) ?? (kind === "condition" ? this.firstOf(kind) : null);
  }

  firstOf(kind: StepKind): StepType | null {
    return this.listKind(kind)[0] ?? null;
  }

  listKind(kind: StepKind): StepType[] {
    return this.groups.flatMap((group) => group.types.filter((type) => type.kind === kind));
  }
}

const GOOD = /^(ok|yes|submitted|completed|approved|continue|registered|created|enrolled|added|sent|complete|proved)$/;
const BAD = /^(wrong|rejected|denied|refused|error|conflict|limit|throttled|taken|weak|unavailable|invalid|unknown)$/;
const WAIT = /^(pending|expired|not_finished|resend|retry)$/;

/** Says how an outcome is coloured. Colour is never alone: each tone has its icon, each port its name. */
export function toneOf(outcome: string): Tone {
  if (GOOD.test(outcome)) return "good";
  if (BAD.test(outcome) || outcome.startsWith("error:")) return "bad";
  return WAIT.test(outcome) ? "wait" : "plain";
}

/** Writes an outcome as people read it. */
export function titleOf(outcome: string): string {
  const words = outcome.replace(/^error:/, "error: ").replace(/[_-]+/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * Lists the exits of a step in the order of the catalogue: what it must wire, what it may, and what the text wires
 * beside. Optional error codes are listed once they are wired, and `limit` where visits are limited.
 */
export function listPorts(step: Step, catalogue: Catalogue): Port[] {
  if (step.kind === "end") return [];
  if (step.kind === "condition") return listCasePorts(step);
  const type = catalogue.find(step.kind, step.subject);
  const wired = new Map(step.exits.map((exit) => [exit.outcome, exit.target]));
  const outcomes = (type?.outcomes ?? []).filter(
    (outcome) => outcome.name !== LIMIT && (outcome.required || wired.has(outcome.name) || !isAddable(outcome)),
  );
  const known = new Set(type?.outcomes.map((outcome) => outcome.name) ?? []);
  const ports = outcomes.map((outcome) => makePort(outcome, wired.get(outcome.name) ?? null, true));
  for (const [outcome, target] of wired) {
    if (known.has(outcome) || outcome === LIMIT) continue;
    ports.push(makePort({ name: outcome, title: "", required: false }, target, type === null));
  }
  if (step.maxVisits !== null || wired.has(LIMIT)) {
    const title = "Too many visits";
    ports.push(makePort({ name: LIMIT, title, required: false }, wired.get(LIMIT) ?? null, step.maxVisits !== null));
  }
  return ports;
}

/** Lists the optional exits that are not drawn until somebody wants them: single error codes. */
export function listAddable(step: Step, catalogue: Catalogue): OutcomeType[] {
  const wired = new Set(step.exits.map((exit) => exit.outcome));
  const type = catalogue.find(step.kind, step.subject);
  return (type?.outcomes ?? []).filter((outcome) => isAddable(outcome) && !wired.has(outcome.name));
}

function isAddable(outcome: OutcomeType): boolean {
  return !outcome.required && outcome.name.startsWith("error:");
}

function listCasePorts(step: Step): Port[] {
  const cases = step.cases.map((one, index): Port => ({
    outcome: caseName(index),
    title: shortenExpression(one.when) || "No expression yet",
    target: one.to,
    required: true,
    known: true,
    tone: one.proves === null ? "plain" : "proof",
    proves: one.proves,
  }));
  const target = step.exits.find((exit) => exit.outcome === OTHERWISE)?.target ?? null;
  return [...cases, makePort({ name: OTHERWISE, title: "Otherwise", required: true }, target, true)];
}

function makePort(outcome: OutcomeType, target: string | null, known: boolean): Port {
  const title = outcome.title || titleOf(outcome.name);
  const { name, required } = outcome;
  return { outcome: name, title, target, required, known, tone: toneOf(name), proves: null };
}

/** Shortens an expression for the face of a step: `connectors.x.data.score.overall.status` becomes `score.overall.status`. */
export function shortenExpression(source: string): string {
  return source
    .replace(/\bconnectors\.[A-Za-z0-9_-]+\.(?:data\.)?/g, "")
    .replace(/"([^"]*)"/g, "$1")
    .replace(/\s+/g, " ")
    .trim();
}

/** Returns the exit by which a step usually goes on: the first good one, else the first. */
export function mainPort(ports: Port[]): Port | null {
  const rank = (port: Port) => (port.tone === "proof" ? 0 : port.tone === "good" ? 1 : 2);
  return [...ports].sort((one, two) => rank(one) - rank(two))[0] ?? null;
}
