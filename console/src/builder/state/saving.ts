import { Problem } from "../../api/problems";
import type { Tagged } from "../data/reading";
import type { Draft } from "../data/shapes";

export type SaveStatus = "saved" | "waiting" | "saving" | "kept" | "conflict" | "refused";

export interface SaveState {
  status: SaveStatus;
  etag: string | undefined;
  /** The draft as somebody else left it, null if it is gone; only in a conflict. */
  theirs: Draft | null;
  message: string;
  savedAt: number | null;
}

export interface KeptText {
  text: string;
  at: number;
  etag: string | undefined;
}

type Save = (text: string, etag: string | undefined, base: number | null) => Promise<Tagged<Draft>>;

interface Clock {
  now: () => number;
  wait: (ms: number, then: () => void) => () => void;
}

const REST_MS = 1200;
const AGAIN_MS = 8000;

/**
 * Saves a draft whenever its text has rested, one save at a time. A text that the server has not got is kept in this
 * browser, so a lost connection or session loses nothing. A draft that somebody else has changed is never overwritten:
 * saving stops until a person has chosen.
 */
export class DraftSaver {
  private state: SaveState;
  private saved: string;
  private latest: string;
  private base: number | null;
  private inFlight: Promise<boolean> | null = null;
  private stopWaiting: () => void = () => undefined;
  private readonly listeners = new Set<() => void>();

  private readonly save: Save;
  private readonly shelf: Shelf;
  private readonly clock: Clock;

  /** `base` is the published version that a new draft is made from, null for the newest there is. */
  constructor(saved: string, etag: string | undefined, base: number | null, save: Save, shelf: Shelf, clock: Clock) {
    this.base = base;
    this.save = save;
    this.shelf = shelf;
    this.clock = clock;
    this.saved = saved;
    this.latest = saved;
    this.state = { status: "saved", etag, theirs: null, message: "", savedAt: null };
  }

  getState = (): SaveState => this.state;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  get isDirty(): boolean {
    return this.latest !== this.saved;
  }

  /** Takes over a text; it is saved when it has rested. */
  change(text: string): void {
    if (text === this.latest) return;
    this.latest = text;
    if (!this.isDirty) {
      this.shelf.clear();
      this.stopWaiting();
      if (this.state.status !== "conflict") this.tell({ status: "saved", message: "" });
      return;
    }
    this.shelf.keep({ text, at: this.clock.now(), etag: this.state.etag });
    if (this.state.status === "conflict") return;
    this.tell({ status: "waiting", message: "" });
    this.wait(REST_MS);
  }

  /** Saves now. Returns whether everything is saved afterwards. */
  async flush(): Promise<boolean> {
    this.stopWaiting();
    while (this.isDirty || this.inFlight) {
      if (this.state.status === "conflict") return false;
      // Whoever asks while a save is under way waits for it, and for the next one if more was typed meanwhile.
      this.inFlight ??= this.saveOnce().finally(() => {
        this.inFlight = null;
      });
      if (!(await this.inFlight)) return false;
    }
    return true;
  }

  /** Saves now, also where there is no draft yet and nothing differs. Returns whether the draft is there as it is here. */
  async ensure(): Promise<boolean> {
    if (this.state.etag === undefined && !this.isDirty) this.saved = "";
    return this.flush();
  }

  /** Says that the draft was published, and is gone by that: the next change begins a new one. */
  published(version: number): void {
    this.base = version;
    this.saved = this.latest;
    this.shelf.clear();
    this.tell({ status: "saved", etag: undefined, theirs: null, message: "" });
  }

  /** Says that the draft is gone and what stands here now: the next change begins a new one. */
  discarded(text: string): void {
    this.stopWaiting();
    this.saved = text;
    this.latest = text;
    this.shelf.clear();
    this.tell({ status: "saved", etag: undefined, theirs: null, message: "", savedAt: null });
  }

  /** Goes on after a conflict: with `etag`, the next save goes over what somebody else has saved and we have seen. */
  settle(saved: string, etag: string | undefined): void {
    this.saved = saved;
    this.tell({ status: this.isDirty ? "waiting" : "saved", etag, theirs: null, message: "" });
    if (this.isDirty) this.wait(0);
    else this.shelf.clear();
  }

  stop(): void {
    this.stopWaiting();
  }

  private wait(ms: number): void {
    this.stopWaiting();
    this.stopWaiting = this.clock.wait(ms, () => void this.flush());
  }

  private async saveOnce(): Promise<boolean> {
    const text = this.latest;
    this.tell({ status: "saving" });
    try {
      const { body, etag } = await this.save(text, this.state.etag, this.base);
      this.saved = body.text;
      // The server may say the text in its own way; what counts is that it has what was sent.
      if (body.text !== text && this.latest === text) this.latest = body.text;
      if (!this.isDirty) this.shelf.clear();
      this.tell({ status: this.isDirty ? "waiting" : "saved", etag, message: "", savedAt: this.clock.now() });
      return true;
    } catch (error) {
      this.fail(error);
      return false;
    }
  }

  private fail(error: unknown): void {
    if (!(error instanceof Problem)) throw error;
    if (error.kind === "precondition-failed" || error.kind === "conflict") {
      this.tell({ status: "conflict", theirs: readCurrent(error), message: error.message });
      return;
    }
    const isPassing = error.status === 0 || error.status === 401 || error.status === 429 || error.status >= 500;
    this.tell({ status: isPassing ? "kept" : "refused", message: error.message });
    if (isPassing) this.wait(AGAIN_MS);
  }

  private tell(change: Partial<SaveState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}

function readCurrent(problem: Problem): Draft | null {
  const current = problem.current as Draft | null | undefined;
  return current && typeof current.text === "string" ? current : null;
}

/** A place in this browser for a text that the server has not got. */
export class Shelf {
  private readonly key: string;
  private readonly storage: Storage;

  constructor(flowId: string, draft: string, storage: Storage) {
    this.key = `idp.builder.kept.${flowId}.${draft}`;
    this.storage = storage;
  }

  keep(kept: KeptText): void {
    try {
      this.storage.setItem(this.key, JSON.stringify(kept));
    } catch {
      // A full store cannot keep it. The guard against leaving is still there.
    }
  }

  read(): KeptText | null {
    try {
      const kept = JSON.parse(this.storage.getItem(this.key) ?? "null") as Partial<KeptText> | null;
      if (typeof kept?.text !== "string" || typeof kept.at !== "number") return null;
      return { text: kept.text, at: kept.at, etag: kept.etag };
    } catch {
      return null;
    }
  }

  clear(): void {
    this.storage.removeItem(this.key);
  }
}
