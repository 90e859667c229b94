import type { SyntheticEvent } from "react";

import { Findings } from "../../parts/DocumentEditor";
import { Switch } from "../../parts/Switch";
import type { Choice, Preview, Shown } from "./usePreview";

const PAGES = {
  sign_in: "Sign-in",
  code: "A wrong code",
  check: "Identity check",
  consent: "Consent",
  refusal: "Error",
} as const satisfies Record<Choice["page"], string>;
const SCHEMES = { light: "Light", dark: "Dark" } as const;
const WIDTHS = { wide: "Wide", phone: "Phone" } as const;
const LOCALES = { en: "English", de: "Deutsch", es: "Español", ar: "العربية" } as const;

type ThemePreviewProps = { readonly preview: Preview; readonly choice: Choice; readonly onChoice: (choice: Choice) => void };

/** The provider's own pages in a theme as it is being written. */
export function ThemePreview({ preview: { shown, faults, problem }, choice, onChoice }: ThemePreviewProps) {
  const { page, locale, scheme, width } = choice;
  return (
    <figure className="preview">
      <figcaption className="toolbar">
        <label className="field">
          <span className="legend">Page</span>
          <select value={page} onChange={(event) => onChoice({ ...choice, page: event.target.value as Choice["page"] })}>
            {Object.entries(PAGES).map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          <span className="legend">Language</span>
          <select value={locale} onChange={(event) => onChoice({ ...choice, locale: event.target.value as Choice["locale"] })}>
            {Object.entries(LOCALES).map(([value, words]) => (
              <option key={value} value={value} lang={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <Switch label="Colours of the preview" options={SCHEMES} chosen={scheme} onChoose={(chosen) => onChoice({ ...choice, scheme: chosen })} />
        <Switch label="Width of the preview" options={WIDTHS} chosen={width} onChoose={(chosen) => onChoice({ ...choice, width: chosen })} />
      </figcaption>
      <div role="status" className="test-result">
        {faults.length > 0 && <Findings faults={faults} />}
        {problem !== undefined && <p className="soft">{problem}</p>}
      </div>
      {shown !== undefined && (
        <iframe
          className={`preview-frame ${width}`}
          title={`Preview: ${PAGES[page]}`}
          src={shown.address}
          sandbox="allow-same-origin"
          tabIndex={-1}
          onLoad={(event) => dress(event, shown.tokens)}
        />
      )}
    </figure>
  );
}

/** Set tokens through the object model: the policy lets nobody write a style into a page. */
function dress(event: SyntheticEvent<HTMLIFrameElement>, tokens: Shown["tokens"]): void {
  const root = event.currentTarget.contentDocument?.documentElement;
  for (const [name, value] of Object.entries(tokens)) root?.style.setProperty(`--${name}`, value);
}
