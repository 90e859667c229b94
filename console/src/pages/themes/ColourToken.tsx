import type { Finding } from "./faults";
import { type Shade, type Side, sixDigits } from "./look";
import { Token } from "./Token";

const SIDES: readonly [Side, string][] = [
  ["light", "Light"],
  ["dark", "Dark"],
];

type ColourTokenProps = {
  readonly token: string;
  readonly title: string;
  readonly own: boolean;
  readonly shade: Shade;
  readonly findings: readonly Finding[];
  readonly onType: (side: Side, colour: string) => void;
  readonly onReset: () => void;
};

/** A colour in light and in dark, each from a palette or in hexadecimal. */
export function ColourToken({ token, shade, onType, ...rest }: ColourTokenProps) {
  return (
    <Token token={token} {...rest}>
      {(describedBy) => (
        <div className="shades">
          {SIDES.map(([side, words]) => {
            const wrong = rest.findings.some((one) => (one.side ?? side) === side);
            const wiring = { "aria-describedby": wrong ? describedBy : undefined, "aria-invalid": wrong || undefined };
            return (
              <div key={side} className="shade">
                <label>
                  <span>
                    {words} <span className="hidden">{token}</span>
                  </span>
                  <input
                    {...wiring}
                    className="mono"
                    value={shade[side]}
                    maxLength={7}
                    spellCheck={false}
                    onChange={(event) => onType(side, event.target.value)}
                  />
                </label>
                <input
                  type="color"
                  aria-label={`${words} ${token} from a palette`}
                  value={sixDigits(shade[side])}
                  onChange={(event) => onType(side, event.target.value)}
                />
              </div>
            );
          })}
        </div>
      )}
    </Token>
  );
}
