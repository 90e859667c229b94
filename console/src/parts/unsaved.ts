import { createContext, useCallback, useContext, useEffect, useRef, useState } from "react";

/** Knows whether something below it was typed and is not saved yet. What is inside another tells that one too. */
export class Unsaved {
  readonly #outer: Unsaved | undefined;
  readonly #holders = new Set<symbol>();
  readonly #listeners = new Set<() => void>();

  constructor(outer?: Unsaved) {
    this.#outer = outer;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly any = (): boolean => this.#holders.size > 0;

  hold(holder: symbol): void {
    this.#holders.add(holder);
    this.#outer?.hold(holder);
    this.#tell();
  }

  release(holder: symbol): void {
    this.#holders.delete(holder);
    this.#outer?.release(holder);
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Everything on the page. */
export const everything = new Unsaved();

export const UnsavedContext = createContext(everything);

/**
 * Say that something is typed and not saved: nobody leaves the page or the dialog then without being asked.
 * The function that comes back ends that at once, for the moment between a save and what follows from it.
 */
export function useUnsaved(dirty: boolean): () => void {
  const scope = useContext(UnsavedContext);
  const [holder] = useState(() => Symbol("unsaved"));
  const settled = useRef(false);
  useEffect(() => {
    if (!dirty) settled.current = false;
    if (!dirty || settled.current) return undefined;
    scope.hold(holder);
    return () => scope.release(holder);
  }, [dirty, holder, scope]);
  return useCallback(() => {
    settled.current = true;
    scope.release(holder);
  }, [holder, scope]);
}
