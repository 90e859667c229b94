import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { useMay } from "../../api/permissions";
import type { components } from "../../api/schema.gen";
import { Chip } from "../../parts/Chip";
import { DocumentEditor } from "../../parts/DocumentEditor";
import { sayDuration } from "../../parts/duration";
import { Editing, type Tagged } from "../../parts/Editing";
import { Listing } from "../../parts/Listing";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { Section } from "../../parts/Section";
import { Versions } from "../../parts/Versions";
import { checkLevels, levelsInForce, type LevelsInForce, listLevelsVersions, readLevelsVersion, saveLevels } from "./queries";

type Level = components["schemas"]["Level"];
type Requirement = Level["requires"][number];

/** What each level takes, in words. */
export function sayRequirement({ methods, factors }: Requirement): string {
  if (factors !== null) return factors === 1 ? "One factor" : `${factors} different factors`;
  return methods.map((method) => method.replaceAll("_", " ")).join(" or ");
}

/** The levels of assurance, lowest first: what a client can ask for, and what it takes. */
export function LevelsPage() {
  const all = useQuery(levelsInForce);
  const mayWrite = useMay("levels:write");
  return (
    <Page
      title="Levels"
      lede="What clients can ask for (acr), lowest first, and what a person must have shown for it."
    >
      <Loaded query={all}>
        {({ body: found, etag }) => (
          <>
            <ol className="ladder">
              {found.levels.map((level) => (
                <li key={level.acr} className="card">
                  <header className="card-head">
                    <h2>
                      <code>{level.acr}</code>
                    </h2>
                    <span className="chips">
                      {level.recovery && <Chip tone="warn">Recovery only</Chip>}
                      {level.aliases.map((alias) => (
                        <Chip key={alias}>{alias}</Chip>
                      ))}
                    </span>
                  </header>
                  <ul className="plain-list">
                    {level.requires.map((requirement, index) => (
                      <li key={index}>
                        <strong>{sayRequirement(requirement)}</strong>, at most {sayDuration(requirement.max_age)} old
                      </li>
                    ))}
                  </ul>
                  {level.step_up !== null && (
                    <p className="soft">
                      Somebody who is signed in gets there by <Link to={`/flows/${level.step_up}`}>{level.step_up}</Link>.
                    </p>
                  )}
                </li>
              ))}
            </ol>
            <Section title="What counts as a factor">
              <Listing
                label="Factors"
                rows={found.factors}
                rowKey={(row) => row.method}
                columns={[
                  { title: "Method", cell: (row) => <strong>{row.method}</strong> },
                  { title: "Kind", cell: (row) => row.kind },
                  { title: "Channel", cell: (row) => row.channel },
                  { title: "Counts as", align: "end", cell: (row) => row.counts },
                ]}
              />
              <p className="soft">Two factors count as two only when they differ in kind and in channel.</p>
            </Section>
            <Section title="The document">
              <Editing latest={{ body: found, etag }}>{(base) => <LevelsEditor base={base} mayWrite={mayWrite} />}</Editing>
            </Section>
            <Section title="Versions">
              <Versions
                name="levels"
                current={found.version}
                mayWrite={mayWrite}
                list={listLevelsVersions}
                read={readLevelsVersion}
                onRollBack={({ text }, message) => saveLevels(etag, text, message)}
              />
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function LevelsEditor({ base, mayWrite }: { readonly base: Tagged<LevelsInForce>; readonly mayWrite: boolean }) {
  const [typed, setTyped] = useState(base.body.text);
  return (
    <DocumentEditor
      label="Levels"
      text={base.body.text}
      typed={typed}
      onType={setTyped}
      mayWrite={mayWrite}
      onCheck={checkLevels}
      onSave={(text, message, etag) => saveLevels(etag ?? base.etag, text, message)}
    />
  );
}
