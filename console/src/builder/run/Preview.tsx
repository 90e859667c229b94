import { useEffect, useState } from "react";

import { Problem } from "../../api/problems";
import { previewScreen } from "../data/writing";
import { LOCALES } from "./SceneForm";

interface PreviewProps {
  readonly screen: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly outcomes: readonly string[];
  readonly locale: string;
}

/** A screen as people see it: the provider's own page, with sample values, light or dark, wide or on a phone. */
export function Preview({ screen, options, outcomes, locale: first }: PreviewProps) {
  const [scheme, setScheme] = useState<"light" | "dark">(() => (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
  const [width, setWidth] = useState<"phone" | "wide">("phone");
  const [locale, setLocale] = useState(first);
  const [address, setAddress] = useState("");
  const [fault, setFault] = useState("");
  const order = JSON.stringify({ screen, options, outcomes: outcomes.filter((one) => one !== "limit"), locale, scheme });
  useEffect(() => {
    const stop = new AbortController();
    let made = "";
    previewScreen(JSON.parse(order) as Parameters<typeof previewScreen>[0], stop.signal).then(
      (page) => {
        // Trusted Types lets nobody write HTML into this page; a document of its own, without scripts, can be shown.
        made = URL.createObjectURL(new Blob([makeAbsolute(page)], { type: "text/html" }));
        setAddress(made);
        setFault("");
      },
      (error: unknown) => {
        if (!stop.signal.aborted) setFault(error instanceof Problem ? error.message : "The page could not be fetched.");
      },
    );
    return () => {
      stop.abort();
      if (made !== "") URL.revokeObjectURL(made);
    };
  }, [order]);
  return (
    <figure className="b-preview" data-width={width}>
      <figcaption>
        <div className="b-switch" role="group" aria-label="Colours">
          {(["light", "dark"] as const).map((one) => (
            <button key={one} type="button" aria-pressed={scheme === one} onClick={() => setScheme(one)}>
              {one === "light" ? "Light" : "Dark"}
            </button>
          ))}
        </div>
        <div className="b-switch" role="group" aria-label="Width">
          {(["phone", "wide"] as const).map((one) => (
            <button key={one} type="button" aria-pressed={width === one} onClick={() => setWidth(one)}>
              {one === "phone" ? "Phone" : "Wide"}
            </button>
          ))}
        </div>
        <select aria-label="Language" value={locale} onChange={(event) => setLocale(event.target.value)}>
          {LOCALES.map((one) => (
            <option key={one.value} value={one.value}>
              {one.title}
            </option>
          ))}
        </select>
      </figcaption>
      {fault !== "" ? (
        <p className="b-fault">{fault}</p>
      ) : (
        address !== "" && <iframe title={`Preview of the screen ${screen}`} src={address} sandbox="allow-same-origin" tabIndex={-1} />
      )}
    </figure>
  );
}

/** A document of its own has no address that paths could be relative to, and may not name one: they are written out. */
function makeAbsolute(page: string): string {
  return page.replace(/\b(href|src|action)="\//g, `$1="${location.origin}/`);
}
