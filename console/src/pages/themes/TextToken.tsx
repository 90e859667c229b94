import type { Finding } from "./faults";
import { Token } from "./Token";

type TextTokenProps = {
  readonly token: string;
  readonly title: string;
  readonly hint: string;
  readonly own: boolean;
  readonly value: string;
  readonly findings: readonly Finding[];
  readonly onType: (value: string) => void;
  readonly onReset: () => void;
};

/** A length or a list of fonts. */
export function TextToken({ value, onType, ...rest }: TextTokenProps) {
  return (
    <Token {...rest}>
      {(describedBy) => (
        <input
          aria-label={rest.title}
          aria-describedby={describedBy}
          aria-invalid={rest.findings.length > 0 || undefined}
          className="mono"
          value={value}
          maxLength={300}
          spellCheck={false}
          onChange={(event) => onType(event.target.value)}
        />
      )}
    </Token>
  );
}
