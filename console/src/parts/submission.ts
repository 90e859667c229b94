import { useContext, useState } from "react";

import { Problem } from "../api/problems";
import { readAgain } from "../api/queries";
import { EditingContext } from "./editing";
import { useUnsaved } from "./unsaved";

/** What is wrong with fields, by JSON pointer into what is sent (RFC 6901). */
export type Faults = Readonly<Record<string, string>>;

export type Submission = {
  readonly busy: boolean;
  readonly saved: boolean;
  readonly problem: unknown;
  /** How often something was refused before it was sent. */
  readonly refusals: number;
  /** Something of this name is there already: of a form that makes something new. */
  readonly taken: boolean;
  /** What is wrong with a field or with what is in it, or undefined. */
  readonly fault: (pointer: string) => string | undefined;
  /** Send it unless something is wrong already; then go on with what came of it. A refusal is kept, and thrown nowhere. */
  readonly send: <T>(work: () => Promise<T>, then?: (made: T) => unknown, faults?: Faults) => Promise<void>;
  /** Throw away what was typed. */
  readonly discard: () => void;
};

/**
 * What every form does when it is sent. Faults are said at their fields; whatever goes wrong, what was typed stays; and
 * while it is `dirty` nobody leaves without being asked.
 */
export function useSubmission(dirty: boolean): Submission {
  const settle = useUnsaved(dirty);
  const editing = useContext(EditingContext);
  const [busy, setBusy] = useState(false);
  const [saved, setSaved] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const [local, setLocal] = useState<Faults>({});
  const [refusals, setRefusals] = useState(0);

  async function send<T>(work: () => Promise<T>, then?: (made: T) => unknown, faults: Faults = {}): Promise<void> {
    setLocal(faults);
    setProblem(undefined);
    setSaved(false);
    if (Object.keys(faults).length > 0) {
      setRefusals((count) => count + 1);
      return;
    }
    setBusy(true);
    try {
      const made = await work();
      settle();
      setSaved(true);
      editing.onSaved();
      await then?.(made);
    } catch (error) {
      setProblem(error);
      // Who was too late sees at once how it is now.
      if (error instanceof Problem && ["conflict", "precondition-failed"].includes(error.kind)) readAgain();
    } finally {
      setBusy(false);
    }
  }

  function discard() {
    settle();
    editing.onDiscard();
  }

  const fault = (pointer: string) => within(local, pointer) ?? (problem instanceof Problem ? problem.within(pointer) : undefined);
  const taken = problem instanceof Problem && ["conflict", "precondition-failed"].includes(problem.kind);
  return { busy, taken, saved: !dirty && (saved || editing.saved), problem, refusals, fault, send, discard };
}

function within(faults: Faults, pointer: string): string | undefined {
  return Object.entries(faults).find(([at]) => at === pointer || at.startsWith(`${pointer}/`))?.[1];
}
