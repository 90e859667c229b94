import type { DryRun, TracedStep } from "../data/shapes";
import type { StepKind } from "../model/graph";

/** What is imagined about the person, the session and the request of a dry run. */
export interface Scene {
  user: string;
  client: string;
  acr: string;
  locale: string;
  known: "" | "yes" | "no";
  enrolled: "" | "yes" | "no";
  credentials: string;
  session: string;
  context: string;
}

export const EMPTY_SCENE: Scene = {
  user: "",
  client: "",
  acr: "",
  locale: "en",
  known: "",
  enrolled: "",
  credentials: "",
  session: "",
  context: "",
};

/** The answer of each step, one a visit; the last one answers every later visit too. */
export type Answers = Readonly<Record<string, readonly string[]>>;

/** What an identity connection can be made to say, beside its outcomes. */
export const VERDICTS = [
  "OK", "WARN", "FAIL", "UNKNOWN", "MANUAL", "MANUAL_OK", "MANUAL_FAIL", "mismatch", "unknown", "enrolling",
  "pending", "not_finished", "expired", "error",
];

/** Raised when the context is no JSON that conditions could read. */
export class FaultyContext extends Error {}

/** Writes the order of a dry run. Nothing is sent of what nobody said, so that the server's assumptions hold. */
export function writeOrder(text: string, scene: Scene, answers: Answers) {
  const words = (list: string) => list.split(",").map((one) => one.trim()).filter(Boolean);
  const user = {
    ...(scene.known === "" ? {} : { known: scene.known === "yes" }),
    ...(scene.enrolled === "" ? {} : { enrolled: scene.enrolled === "yes" }),
    ...(scene.credentials.trim() === "" ? {} : { credentials: words(scene.credentials) }),
  };
  const given = {
    ...(Object.keys(user).length > 0 ? { user } : {}),
    ...(scene.session.trim() === "" ? {} : { session: readSession(scene.session) }),
  };
  const context = readContext(scene.context);
  return {
    text,
    answers: Object.fromEntries(Object.entries(answers).map(([step, list]) => [step, list.length === 1 ? list[0] : list])),
    ...(scene.user.trim() === "" ? {} : { user: scene.user.trim() }),
    ...(scene.client.trim() === "" ? {} : { client: scene.client.trim() }),
    ...(scene.acr.trim() === "" ? {} : { acr_values: words(scene.acr) }),
    ...(scene.locale === "" ? {} : { locale: scene.locale }),
    ...(Object.keys(given).length > 0 ? { given } : {}),
    ...(context === null ? {} : { context }),
  };
}

/** Reads `pwd=2h, otp=5m`; a method without an age is a minute old. */
function readSession(text: string): Record<string, string> | "none" {
  if (text.trim() === "none") return "none";
  const parts = text.split(",").map((part) => part.trim().split("="));
  return Object.fromEntries(parts.filter(([method]) => method).map(([method, age]) => [method?.trim() ?? "", age?.trim() ?? "60s"]));
}

function readContext(text: string): Record<string, Record<string, unknown>> | null {
  if (text.trim() === "") return null;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, Record<string, unknown>>;
  } catch {
    // Told below, in words.
  }
  throw new FaultyContext('The context must be JSON such as {"device": {"user_agent": "an old browser"}}.');
}

/** Changes the answer of one visit and forgets what was answered after it, for the run may go another way. */
export function answerAt(run: DryRun, answers: Answers, index: number, answer: string): Answers {
  const traced = run.steps[index];
  if (!traced) return answers;
  const next: Record<string, string[]> = {};
  for (const [step, list] of Object.entries(answers)) {
    const visits = run.steps.slice(0, index).filter((one) => one.step === step).length;
    const kept = list.slice(0, visits);
    if (kept.length > 0) next[step] = kept;
  }
  const before = run.steps.slice(0, index).filter((one) => one.step === traced.step);
  const own = before.map((one, visit) => answers[traced.step]?.[visit] ?? one.answer ?? one.outcome ?? answer);
  return { ...next, [traced.step]: [...own, answer] };
}

/** Lists what a step can be made to answer. Conditions decide by themselves. */
export function listAnswers(traced: TracedStep): string[] {
  const kind = traced.kind as StepKind;
  if (kind === "condition" || kind === "end") return [];
  const outcomes = traced.options.filter((outcome) => outcome !== "limit");
  if (kind !== "connector") return outcomes;
  const isIdentity = outcomes.includes("not_finished");
  return isIdentity ? VERDICTS : outcomes;
}

/** Lists the parts of a context that differ between two moments, as paths. */
export function listDifferences(before: unknown, after: unknown, path = ""): { path: string; before: unknown; after: unknown }[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (!isRecord(before) || !isRecord(after)) return [{ path, before, after }];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => listDifferences(before[name], after[name], path === "" ? name : `${path}.${name}`));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
