import { useEffect, useState } from "react";

import { checkText } from "../data/writing";
import type { FlowChecked } from "../data/shapes";

const WAIT_MS = 350;

export interface Checking {
  /** What was last said, also while a newer text is being checked. */
  check: FlowChecked | null;
  /** Whether it was said of this very text. */
  isCurrent: boolean;
  failed: boolean;
}

/** Asks the server's checker whenever the text has rested for a moment. */
export function useChecking(text: string): Checking {
  const [said, setSaid] = useState<{ text: string; check: FlowChecked | null; failed: boolean }>({
    text: "",
    check: null,
    failed: false,
  });
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => {
      checkText(text, stop.signal).then(
        (check) => setSaid({ text, check, failed: false }),
        () => {
          if (!stop.signal.aborted) setSaid((before) => ({ ...before, failed: true }));
        },
      );
    }, WAIT_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text]);
  return { check: said.check, isCurrent: said.text === text && !said.failed, failed: said.failed };
}
