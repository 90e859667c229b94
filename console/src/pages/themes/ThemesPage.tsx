import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import { parse } from "yaml";

import { useMay } from "../../api/permissions";
import { Chip } from "../../parts/Chip";
import { DocumentEditor } from "../../parts/DocumentEditor";
import { Empty } from "../../parts/Empty";
import { Listing } from "../../parts/Listing";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { Section } from "../../parts/Section";
import { When } from "../../parts/When";
import { checkTheme, type Contrast, saveTheme, type Theme, theme, themes } from "./queries";

/** Themes: how the pages of each client look. */
export function ThemesPage() {
  const all = useQuery(themes);
  return (
    <Page title="Themes" lede="How sign-in pages look, for each client that has its own: colours, a logo and texts.">
      <Loaded query={all}>
        {(found) =>
          found.length === 0 ? (
            <Empty icon="themes" title="No theme of your own">
              Pages wear the look that comes with the provider. A theme is a document in <code>config/themes</code>, or saved by the API.
            </Empty>
          ) : (
            <Listing
              label="Themes"
              rows={found}
              rowKey={(row) => row.id}
              columns={[
                { title: "Theme", cell: (row) => <Link to={`/themes/${row.id}`}>{row.name ?? row.id}</Link> },
                { title: "Version", cell: (row) => row.version },
                { title: "Used by", cell: (row) => (row.used_by.length === 0 ? <span className="soft">No client</span> : row.used_by.join(", ")) },
                { title: "Changed", cell: (row) => <When at={row.updated_at} /> },
              ]}
            />
          )
        }
      </Loaded>
    </Page>
  );
}

/** One theme: its document, what a page looks like in it, and whether everybody can read that. */
export function ThemePage() {
  const { id = "" } = useParams();
  const one = useQuery(theme(id));
  const mayWrite = useMay("themes:write");
  return (
    <Page title={one.data?.body.name ?? id} lede="A check shows a page in the theme before anybody sees it.">
      <Loaded query={one}>
        {({ body, etag }) => (
          <div className="split">
            <Section title="Document">
              <DocumentEditor
                key={etag}
                label="Theme"
                text={body.text}
                mayWrite={mayWrite}
                onCheck={async (text) => ({ ...(await checkTheme(text)), text })}
                onSave={(text, message, overwritten) => saveTheme(id, overwritten ?? etag, text, message)}
              >
                {(checked) => (
                  <>
                    <Sample tokens={tokensOf(checked.text)} name={body.name ?? id} />
                    <Contrasts found={checked.contrasts} />
                  </>
                )}
              </DocumentEditor>
            </Section>
            <Look body={body} />
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function Look({ body }: { readonly body: Theme }) {
  return (
    <div className="aside">
      <Section title="As it is">
        <Sample tokens={body.tokens} name={body.name ?? body.id} />
        <Contrasts found={body.contrasts} />
      </Section>
    </div>
  );
}

/** The tokens that a document sets, as far as it can be read. */
function tokensOf(text: string): Readonly<Record<string, string>> {
  try {
    const document: unknown = parse(text);
    const tokens = typeof document === "object" && document !== null && "tokens" in document ? document.tokens : undefined;
    return typeof tokens === "object" && tokens !== null ? (tokens as Record<string, string>) : {};
  } catch {
    return {};
  }
}

/** A page in a theme, in small: the tokens are set through the object model, so no style is written into the page. */
function Sample({ tokens, name }: { readonly tokens: Readonly<Record<string, string>>; readonly name: string }) {
  const style = Object.fromEntries(Object.entries(tokens).map(([token, value]) => [token.startsWith("--") ? token : `--${token}`, value]));
  return (
    <div className="samples">
      {(["light", "dark"] as const).map((scheme) => (
        <div key={scheme} className="sample" style={{ ...style, colorScheme: scheme }} aria-hidden>
          <span className="sample-brand">{name}</span>
          <div className="sample-card">
            <strong>Sign in</strong>
            <span className="soft">Email address</span>
            <span className="sample-input">name@example.com</span>
            <span className="sample-button">Continue</span>
          </div>
        </div>
      ))}
    </div>
  );
}

function Contrasts({ found }: { readonly found: readonly Contrast[] }) {
  if (found.length === 0) return null;
  return (
    <ul className="plain-list small">
      {found.map((one) => {
        const good = Math.min(one.light, one.dark) >= one.needed;
        return (
          <li key={`${one.front} ${one.ground}`}>
            <Chip tone={good ? "good" : "bad"}>{Math.min(one.light, one.dark).toFixed(1)} : 1</Chip> {one.front} on {one.ground}
            {!good && `, and ${one.needed} is needed`}
          </li>
        );
      })}
    </ul>
  );
}
