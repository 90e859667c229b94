import { queryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { parse } from "yaml";

import { answer, client } from "../../api/client";
import type { components } from "../../api/schema.gen";
import { Chip } from "../../parts/Chip";
import { Empty } from "../../parts/Empty";
import { Field } from "../../parts/Field";
import { Icon } from "../../parts/Icon";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { ProblemNote } from "../../parts/ProblemNote";
import { Section } from "../../parts/Section";

type Theme = components["schemas"]["Theme"];
type Contrast = components["schemas"]["Contrast"];
type Checked = components["schemas"]["ThemeChecked"];

const themes = queryOptions({
  queryKey: ["themes"],
  queryFn: async () => (await answer(client.GET("/themes"))).themes,
});

/** Themes: how the pages of each client look, and whether everybody can read them. */
export function ThemesPage() {
  const all = useQuery(themes);
  return (
    <Page title="Themes" lede="How sign-in pages look, for each client that has its own. Themes are kept in files; try one here before you save it.">
      <Loaded query={all}>
        {(found) =>
          found.length === 0 ? (
            <Empty icon="themes" title="No theme of your own">
              Pages wear the look that comes with the provider. A theme is a file in <code>config/themes</code> with colours, a logo and texts.
            </Empty>
          ) : (
            found.map((theme) => <OneTheme key={theme.id} theme={theme} />)
          )
        }
      </Loaded>
      <Try first={all.data?.[0]} />
    </Page>
  );
}

function OneTheme({ theme }: { readonly theme: Theme }) {
  return (
    <Section title={theme.name ?? theme.id}>
      <div className="split">
        <Sample tokens={theme.tokens} name={theme.name ?? theme.id} />
        <Contrasts found={theme.contrasts} />
      </div>
    </Section>
  );
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

function Try({ first }: { readonly first: Theme | undefined }) {
  const [typed, setTyped] = useState<string>();
  const [checked, setChecked] = useState<Checked>();
  const [tokens, setTokens] = useState<Readonly<Record<string, string>>>({});
  const [fault, setFault] = useState<string>();
  const [problem, setProblem] = useState<unknown>();
  const text = typed ?? (first === undefined ? "id: mine\nname: Northgate\ntokens:\n  accent: \"#0f5f6e\"\n" : toYaml(first));

  async function check() {
    setFault(undefined);
    setProblem(undefined);
    let document: unknown;
    try {
      document = parse(text);
    } catch {
      setFault("This is not YAML.");
      return;
    }
    if (typeof document !== "object" || document === null || Array.isArray(document)) {
      setFault("A theme is a document with an id and tokens.");
      return;
    }
    try {
      setChecked(await answer(client.POST("/theme-checks", { body: { document: document as Record<string, unknown> } })));
      const found: unknown = (document as Record<string, unknown>)["tokens"];
      setTokens(typeof found === "object" && found !== null ? (found as Record<string, string>) : {});
    } catch (error) {
      setProblem(error);
    }
  }

  return (
    <Section title="Try a theme">
      <form
        className="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void check();
        }}
      >
        {problem !== undefined && <ProblemNote problem={problem} focus />}
        <Field label="The theme’s file" hint="As it would stand in config/themes. Nothing is saved." fault={fault}>
          {(wiring) => <textarea {...wiring} className="mono" rows={10} spellCheck={false} value={text} onChange={(event) => setTyped(event.target.value)} />}
        </Field>
        <div className="actions">
          <button type="submit" className="button primary">
            Check and show
          </button>
        </div>
      </form>
      <div role="status" className="test-result">
        {checked !== undefined && checked.faults.length > 0 && (
          <div className="note bad">
            <Icon name="warn" />
            <ul className="faults">
              {checked.faults.map((one) => (
                <li key={one}>{one}</li>
              ))}
            </ul>
          </div>
        )}
        {checked !== undefined && (
          <>
            <Sample tokens={tokens} name="Preview" />
            <Contrasts found={checked.contrasts} />
          </>
        )}
      </div>
    </Section>
  );
}

function toYaml({ id, name, tokens }: Theme): string {
  const lines = Object.entries(tokens).map(([token, value]) => `  ${token}: ${JSON.stringify(value)}`);
  return [`id: ${id}`, ...(name === null ? [] : [`name: ${JSON.stringify(name)}`]), "tokens:", ...lines, ""].join("\n");
}
