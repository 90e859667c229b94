import { Findings } from "../../parts/DocumentEditor";
import { Switch } from "../../parts/Switch";
import { dress } from "./frame";
import type { Choice, Preview } from "./usePreview";

const PAGES = {
  sign_in: "Sign-in",
  code: "A wrong code",
  check: "Identity check",
  consent: "Consent",
  refusal: "Error",
  code_mail: "Code by mail",
  link_mail: "Link by mail",
} as const satisfies Record<Choice["page"], string>;
const SCHEMES = { light: "Light", dark: "Dark" } as const;
const WIDTHS = { wide: "Wide", phone: "Phone" } as const;
const LOCALES = { en: "English", de: "Deutsch", es: "Español", ar: "العربية" } as const;

type ThemePreviewProps = { readonly preview: Preview; readonly choice: Choice; readonly onChoice: (choice: Choice) => void };

/** The provider's own pages and mails in a theme as it is being written. */
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
          onLoad={({ currentTarget: { contentDocument } }) => contentDocument !== null && dress(contentDocument, shown.tokens, shown.rules)}
        />
      )}
    </figure>
  );
}
