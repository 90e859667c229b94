import { useEffect, useState } from "react";

import { Problem } from "../../api/problems";
import { takeStyles } from "./frame";
import { type PreviewOrder, previewTheme } from "./queries";

/** How long somebody has to pause before the page is made anew, milliseconds. */
const PAUSE = 350;

/** What of a theme is looked at. */
export type Choice = {
  readonly page: NonNullable<PreviewOrder["page"]>;
  readonly scheme: "light" | "dark";
  readonly locale: "en" | "de" | "es" | "ar";
  readonly width: "wide" | "phone";
};

/** What is looked at before somebody chooses: in the colours that they see everything else in. */
export function firstChoice(): Choice {
  const scheme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  return { page: "sign_in", scheme, locale: "en", width: "wide" };
}

/** Where a page is, and what it is dressed in once it is there. */
export type Shown = { readonly address: string; readonly tokens: Readonly<Record<string, string>>; readonly rules: string };
export type Preview = { readonly shown: Shown | undefined; readonly faults: readonly string[]; readonly problem: string | undefined };

/** Have a page made in a theme, a pause after anything changed. What was shown stays until there is something new. */
export function usePreview(text: string, logo: string | null, { page, scheme, locale }: Choice): Preview {
  const [preview, setPreview] = useState<Preview>({ shown: undefined, faults: [], problem: undefined });
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => {
      previewTheme({ text, logo, page, scheme, locale }, stop.signal).then(
        ({ faults, html, tokens }) =>
          setPreview((before) => ({ shown: html === null ? before.shown : show(html, tokens), faults, problem: undefined })),
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
  }, [text, logo, page, scheme, locale]);
  const address = preview.shown?.address;
  useEffect(() => () => (address === undefined ? undefined : URL.revokeObjectURL(address)), [address]);
  return preview;
}

/**
 * Make an address that a page can be shown from: a document of its own, for Trusted Types let nobody write HTML into this
 * one. It has no address that paths could be relative to, so they are written out.
 */
function show(page: string, tokens: Shown["tokens"]): Shown {
  const { html, rules } = takeStyles(page);
  const absolute = html.replace(/\b(href|src|action)="\//g, `$1="${location.origin}/`);
  return { address: URL.createObjectURL(new Blob([absolute], { type: "text/html" })), tokens, rules };
}
