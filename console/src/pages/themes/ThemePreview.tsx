import { type SyntheticEvent, useEffect, useState } from "react";

import { Problem } from "../../api/problems";
import { Findings } from "../../parts/DocumentEditor";
import { Switch } from "../../parts/Switch";
import { type PreviewOrder, previewTheme } from "./queries";

const PAGES = {
  sign_in: "Sign-in",
  code: "A wrong code",
  check: "Identity check",
  consent: "Consent",
  refusal: "Error",
} as const satisfies Record<NonNullable<PreviewOrder["page"]>, string>;
const SCHEMES = { light: "Light", dark: "Dark" } as const;
const WIDTHS = { wide: "Wide", phone: "Phone" } as const;
const LOCALES = { en: "English", de: "Deutsch", es: "Español", ar: "العربية" } as const;
/** How long somebody has to pause before the page is made anew, milliseconds. */
const PAUSE = 350;

type Page = keyof typeof PAGES;
type Shown = { readonly address: string; readonly tokens: Readonly<Record<string, string>> };

/** The provider's own pages in a theme as it is being written. */
export function ThemePreview({ text, logo }: { readonly text: string; readonly logo: string | null }) {
  const [page, setPage] = useState<Page>("sign_in");
  const [scheme, setScheme] = useState<keyof typeof SCHEMES>(() => (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
  const [width, setWidth] = useState<keyof typeof WIDTHS>("wide");
  const [locale, setLocale] = useState<keyof typeof LOCALES>("en");
  const { shown, faults, problem } = usePreview({ text, logo, page, scheme, locale });
  return (
    <figure className="preview">
      <figcaption className="toolbar">
        <label className="field">
          <span className="legend">Page</span>
          <select value={page} onChange={(event) => setPage(event.target.value as Page)}>
            {Object.entries(PAGES).map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          <span className="legend">Language</span>
          <select value={locale} onChange={(event) => setLocale(event.target.value as keyof typeof LOCALES)}>
            {Object.entries(LOCALES).map(([value, words]) => (
              <option key={value} value={value} lang={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <Switch label="Colours of the preview" options={SCHEMES} chosen={scheme} onChoose={setScheme} />
        <Switch label="Width of the preview" options={WIDTHS} chosen={width} onChoose={setWidth} />
      </figcaption>
      {faults.length > 0 && <Findings faults={faults} />}
      {problem !== undefined && <p className="soft">{problem}</p>}
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

type Ordered = Required<Omit<PreviewOrder, "logo">> & { readonly logo: string | null };
type Preview = { readonly shown: Shown | undefined; readonly faults: readonly string[]; readonly problem: string | undefined };

/** Have a page made for what is ordered, a pause after it changed. What was shown stays until there is something new. */
function usePreview(order: Ordered): Preview {
  const [preview, setPreview] = useState<Preview>({ shown: undefined, faults: [], problem: undefined });
  const wanted = JSON.stringify(order);
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => {
      previewTheme(JSON.parse(wanted) as Ordered, stop.signal).then(
        ({ faults, html, tokens }) =>
          setPreview((before) => ({ shown: html === null ? before.shown : { address: addressOf(html), tokens }, faults, problem: undefined })),
        (error: unknown) => {
          if (stop.signal.aborted) return;
          const problem = error instanceof Problem ? error.message : "The page could not be fetched.";
          setPreview((before) => ({ ...before, problem }));
        },
      );
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [wanted]);
  const address = preview.shown?.address;
  useEffect(() => () => (address === undefined ? undefined : URL.revokeObjectURL(address)), [address]);
  return preview;
}

/**
 * Where a page can be shown from: a document of its own, for Trusted Types let nobody write HTML into this one. It has no
 * address that paths could be relative to, so they are written out.
 */
function addressOf(html: string): string {
  const page = html.replace(/\b(href|src|action)="\//g, `$1="${location.origin}/`);
  return URL.createObjectURL(new Blob([page], { type: "text/html" }));
}
