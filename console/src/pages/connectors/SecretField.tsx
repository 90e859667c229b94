import { useState } from "react";

import { Field } from "../../parts/Field";

type SecretFieldProps = {
  readonly title: string;
  readonly required: boolean;
  /** Whether there is one. It can be replaced, and never be read. */
  readonly isSet: boolean;
  readonly fault?: string | undefined;
  readonly value: string | null | undefined;
  readonly onType: (value: string | null | undefined) => void;
};

/** A key that is written and never shown again. Leaving it alone keeps the one there is. */
export function SecretField({ title, required, isSet, fault, value, onType }: SecretFieldProps) {
  const [replacing, setReplacing] = useState(false);
  if (isSet && !replacing && fault === undefined) {
    return (
      <div className="field">
        <span className="legend">{title}</span>
        <div className="actions">
          <span className={value === null ? "chip warn" : "chip good"}>{value === null ? "Will be taken away" : "Set, and not shown"}</span>
          <button type="button" className="button quiet" onClick={() => setReplacing(true)} aria-label={`Replace: ${title}`}>
            Replace
          </button>
          {!required && value !== null && (
            <button type="button" className="button quiet" onClick={() => onType(null)} aria-label={`Take away: ${title}`}>
              Take away
            </button>
          )}
          {value === null && (
            <button type="button" className="button quiet" onClick={() => onType(undefined)} aria-label={`Keep: ${title}`}>
              Keep it
            </button>
          )}
        </div>
      </div>
    );
  }
  return (
    <Field label={title} hint="Stored encrypted. Nobody can read it again, you neither." fault={fault} optional={!required}>
      {(wiring) => (
        <input
          {...wiring}
          type="password"
          autoComplete="new-password"
          spellCheck={false}
          value={value ?? ""}
          onChange={(event) => onType(event.target.value === "" ? undefined : event.target.value)}
        />
      )}
    </Field>
  );
}
