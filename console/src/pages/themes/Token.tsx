import { type ReactNode, useId, useRef } from "react";

import { Chip } from "../../parts/Chip";
import type { Finding } from "./faults";

type TokenProps = {
  readonly token: string;
  /** What it is for, in plain words. */
  readonly title: string;
  readonly hint?: string;
  /** Whether the theme sets it. */
  readonly own: boolean;
  readonly findings: readonly Finding[];
  readonly onReset: () => void;
  /** The inputs; they are described by what is given. */
  readonly children: (describedBy: string | undefined) => ReactNode;
};

/** One token of a theme: what it is for, whether the theme sets it or the default look does, and what is wrong with it. */
export function Token({ token, title, hint, own, findings, onReset, children }: TokenProps) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const described = [hint !== undefined && `${id}-hint`, findings.length > 0 && `${id}-faults`].filter(Boolean).join(" ");

  function reset() {
    onReset();
    // The button goes away, and the focus must not go with it.
    box.current?.querySelector<HTMLElement>("input:not([type=color])")?.focus();
  }

  return (
    <div className="token" role="group" aria-labelledby={id} ref={box}>
      <div className="token-head">
        <p id={id}>
          <strong>{title}</strong> <code>{token}</code>
        </p>
        {own ? (
          <button type="button" className="button quiet" onClick={reset}>
            Take the default again<span className="hidden"> for {token}</span>
          </button>
        ) : (
          <Chip>Default look</Chip>
        )}
      </div>
      {hint !== undefined && (
        <p className="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {findings.length > 0 && (
        <div id={`${id}-faults`}>
          {findings.map((one) => (
            <p key={one.text} className="field-fault">
              <span className="hidden">Error: </span>
              {one.text}
            </p>
          ))}
        </div>
      )}
      {children(described === "" ? undefined : described)}
    </div>
  );
}
