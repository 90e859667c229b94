import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";

import { useMay } from "../../api/permissions";
import { Chip } from "../../parts/Chip";
import { Confirm } from "../../parts/Confirm";
import { Editing } from "../../parts/Editing";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { Section } from "../../parts/Section";
import { Versions } from "../../parts/Versions";
import { NewTheme } from "./NewTheme";
import { type Contrast, listThemeVersions, readThemeVersion, removeTheme, rollBackTheme, type Theme, theme, themes } from "./queries";
import { ThemeEditor, type View } from "./ThemeEditor";
import { DEFAULT, Wearers } from "./ThemesPage";
import { firstChoice } from "./usePreview";

/** One theme: its document, pages in it while it is written, who wears it, and its versions. */
export function ThemePage() {
  const { id = "" } = useParams();
  const one = useQuery(theme(id));
  const mayWrite = useMay("themes:write");
  // A save begins with another version; how somebody works stays.
  const [view, setView] = useState<View>("look");
  const [choice, setChoice] = useState(firstChoice);
  return (
    <Page title={one.data?.body.name ?? id} lede={<code>{id}</code>} actions={mayWrite && one.data !== undefined && <Copy id={id} />}>
      <Loaded query={one}>
        {(latest) => (
          <>
            <Editing latest={latest}>
              {(base) => <ThemeEditor base={base} mayWrite={mayWrite} view={view} onView={setView} choice={choice} onChoice={setChoice} />}
            </Editing>
            <div className="halves">
              <Section title="Worn by">
                <div>
                  <Wearers theme={latest.body} />
                </div>
                {mayWrite && <Remove body={latest.body} etag={latest.etag} />}
              </Section>
              <Section title="Contrast, as it is">
                <Contrasts found={latest.body.contrasts} />
              </Section>
            </div>
            <Section title="Versions">
              <Versions
                name={`theme ${id}`}
                current={latest.body.version}
                mayWrite={mayWrite}
                list={(cursor) => listThemeVersions(id, cursor)}
                read={(version) => readThemeVersion(id, version)}
                onRollBack={({ version }, message) => rollBackTheme(id, latest.etag, version, message)}
              />
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Copy({ id }: { readonly id: string }) {
  const all = useQuery(themes);
  const [making, setMaking] = useState(false);
  return (
    <>
      <button type="button" className="button" onClick={() => setMaking(true)}>
        Make a copy
      </button>
      {making && <NewTheme existing={all.data ?? []} copyOf={id} onClose={() => setMaking(false)} />}
    </>
  );
}

function Remove({ body, etag }: { readonly body: Theme; readonly etag: string }) {
  const [asking, setAsking] = useState(false);
  const navigate = useNavigate();
  if (body.used_by.length > 0) return <p className="soft">It can be removed when no client wears it: give them another first.</p>;
  return (
    <div>
      <button type="button" className="button danger" onClick={() => setAsking(true)}>
        Remove this theme
      </button>
      {asking && (
        <Confirm
          title={`Remove ${body.name ?? body.id}?`}
          action="Remove it"
          danger
          onClose={() => setAsking(false)}
          onConfirm={() => removeTheme(body.id, etag)}
          onDone={() => navigate("/themes")}
        >
          <p>{body.id === DEFAULT ? "Pages wear the look that comes with the provider again." : "No client wears it, so no page changes."}</p>
        </Confirm>
      )}
    </div>
  );
}

function Contrasts({ found }: { readonly found: readonly Contrast[] }) {
  return (
    <details className="more">
      <summary>{found.every(isGood) ? "Everybody can read it: every pair of colours is far enough apart" : "Some colours are too close to each other"}</summary>
      <ul className="plain-list small">
        {found.map((one) => (
          <li key={`${one.front} ${one.ground}`}>
            <Chip tone={isGood(one) ? "good" : "bad"}>{Math.min(one.light, one.dark).toFixed(1)} : 1</Chip> {one.front} on {one.ground}
            {!isGood(one) && `, and ${one.needed} is needed`}
          </li>
        ))}
      </ul>
    </details>
  );
}

function isGood(one: Contrast): boolean {
  return Math.min(one.light, one.dark) >= one.needed;
}
