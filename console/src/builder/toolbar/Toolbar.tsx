import { Fragment } from "react";
import { Link } from "react-router";
import { useStore } from "zustand";

import type { Flow } from "../data/shapes";
import { SignGlyph } from "../parts/Glyph";
import { MenuButton } from "../parts/MenuButton";
import type { Commands } from "../state/commands";
import { useBuilder, useBuilderState } from "../state/context";
import type { Looked } from "../state/looked";
import type { SaveState } from "../state/saving";
import type { Checking } from "../state/useChecking";
import type { Drawer, View } from "../state/useGlobalKeys";
import { exportText } from "../yaml/exchange";

interface ToolbarProps {
  readonly flow: Flow | null;
  readonly commands: Commands;
  readonly view: View;
  readonly drawer: Drawer;
  readonly saving: SaveState;
  readonly checking: Checking;
  readonly may: { write: boolean; publish: boolean };
  readonly views: readonly Looked[];
  readonly author: string | null;
  readonly onView: (view: View) => void;
  readonly onTidy: () => Promise<void>;
  readonly onDrawer: (drawer: Drawer) => void;
  /** Goes back to so many views from the draft: 0 is the draft. */
  readonly onLeave: (depth: number) => void;
}

const VIEWS: { view: View; title: string }[] = [
  { view: "canvas", title: "Drawing" },
  { view: "outline", title: "Outline" },
  { view: "split", title: "Text" },
];

/** What can be done with the flow as a whole. */
export function Toolbar(props: ToolbarProps) {
  const { flow, commands, view, drawer, saving, checking, may, views, onView, onDrawer, onLeave } = props;
  const looked = views.at(-1) ?? null;
  const { ask, store, flowId } = useBuilder();
  const title = useBuilderState((state) => state.graph.head.title);
  const text = useBuilderState((state) => state.text);
  const undoable = useStore(store.temporal, (history) => history.pastStates.length > 0);
  const redoable = useStore(store.temporal, (history) => history.futureStates.length > 0);
  const errors = checking.check?.problems.filter((problem) => problem.severity === "error").length ?? 0;
  const warnings = (checking.check?.problems.length ?? 0) - errors;
  const toggle = (wanted: Drawer) => onDrawer(drawer === wanted ? null : wanted);
  return (
    <header className="b-toolbar">
      <Link className="button quiet b-icon" to="/flows" aria-label="All flows">
        <SignGlyph sign="back" />
      </Link>
      <div className="b-title">
        <h1>{title || flowId}</h1>
        <p>
          {looked === null ? (
            <>
              <code>{flowId}</code> <LiveWords flow={flow} /> <SaveWords saving={saving} may={may} author={props.author} />
            </>
          ) : (
            <Trail root={flowId} views={views} onLeave={onLeave} />
          )}
        </p>
      </div>
      <div className="b-switch" role="group" aria-label="How the flow is shown">
        {VIEWS.map((one) => (
          <button key={one.view} type="button" aria-pressed={view === one.view} onClick={() => onView(one.view)}>
            {one.title}
          </button>
        ))}
      </div>
      <div className="b-tools">
        <button type="button" className="button quiet b-icon" aria-label="Undo" disabled={!undoable} onClick={() => commands.undo()}>
          <SignGlyph sign="undo" />
        </button>
        <button type="button" className="button quiet b-icon" aria-label="Do again" disabled={!redoable} onClick={() => commands.redo()}>
          <SignGlyph sign="redo" />
        </button>
        <button type="button" className="button quiet b-icon" aria-label="Go to a step" onClick={() => ask({ what: "find" })}>
          <SignGlyph sign="search" />
        </button>
        <button
          type="button"
          className="button quiet b-icon"
          aria-label="Tidy up the drawing"
          disabled={!may.write || looked !== null}
          onClick={() => void props.onTidy()}
        >
          <SignGlyph sign="tidy" />
        </button>
      </div>
      <button
        type="button"
        className="button b-check-button"
        aria-pressed={drawer === "problems"}
        aria-busy={!checking.isCurrent}
        data-state={checking.check === null ? "none" : errors > 0 ? "bad" : warnings > 0 ? "warn" : "good"}
        onClick={() => toggle("problems")}
      >
        <SignGlyph sign={errors + warnings === 0 ? "proof" : "warn"} size={16} />
        {checking.check === null ? "Checking" : errors + warnings === 0 ? "Proved" : countWords(errors, warnings)}
      </button>
      <button type="button" className="button" aria-pressed={drawer === "run"} onClick={() => toggle("run")}>
        <SignGlyph sign="play" size={16} /> Dry run
      </button>
      {looked === null ? (
        <button type="button" className="button primary" disabled={!may.publish} onClick={() => ask({ what: "publish" })}>
          Publish …
        </button>
      ) : (
        <button type="button" className="button primary" onClick={() => onLeave(views.length - 1)}>
          {views.length === 1 ? "Back to the draft" : "Back"}
        </button>
      )}
      <MenuButton
        label="More"
        items={[
          { id: "versions", title: "Versions" },
          { id: "people", title: "How people fare, where it is used" },
          { id: "templates", title: "Begin from a template …", disabled: !may.write },
          { id: "import", title: "Import …", disabled: !may.write },
          { id: "export", title: "Export" },
          { id: "discard", title: "Discard the draft …", disabled: !may.write || saving.etag === undefined },
          { id: "shortcuts", title: "Keys" },
        ]}
        onChoose={(key) => {
          if (key === "export") exportText(looked?.flow ?? flowId, text);
          else if (key === "versions" || key === "people") onDrawer(key);
          else if (key === "import" || key === "templates" || key === "discard" || key === "shortcuts") ask({ what: key });
        }}
      />
    </header>
  );
}

interface TrailProps {
  readonly root: string;
  readonly views: readonly Looked[];
  readonly onLeave: (depth: number) => void;
}

/** From the draft to what is looked at: each place on the way leads back. */
function Trail({ root, views, onLeave }: TrailProps) {
  const last = views.length - 1;
  return (
    <span className="b-trail" role="group" aria-label="Where you are">
      <button type="button" onClick={() => onLeave(0)}>
        {root}
      </button>
      {views.map((one, index) => (
        <Fragment key={index}>
          <span aria-hidden>›</span>
          {index < last ? (
            <button type="button" onClick={() => onLeave(index + 1)}>
              {one.step ?? one.flow}
            </button>
          ) : (
            <span aria-current="location">
              {one.step === null ? "" : `${one.step}: ${one.flow}, `}version {one.number} <span className="chip">read only</span>
            </span>
          )}
        </Fragment>
      ))}
    </span>
  );
}

function LiveWords({ flow }: { readonly flow: Flow | null }) {
  if (!flow || flow.live.length === 0) return <span className="chip">not live</span>;
  return (
    <>
      {flow.live.map((one) => (
        <span key={one.version} className="chip good">
          version {one.version} live{one.percent < 100 && ` for ${one.percent} %`}
        </span>
      ))}
    </>
  );
}

interface SaveWordsProps {
  readonly saving: SaveState;
  readonly may: { write: boolean };
  readonly author: string | null;
}

function SaveWords({ saving, may, author }: SaveWordsProps) {
  if (!may.write) return <span className="chip">read only</span>;
  const words = {
    saved: saving.savedAt === null ? (author ?? "No draft yet") : "Draft saved",
    waiting: "Not saved yet",
    saving: "Saving …",
    kept: "Kept in this browser: no connection",
    conflict: "Changed by somebody else",
    refused: "Not saved",
  }[saving.status];
  const isBad = saving.status === "kept" || saving.status === "conflict" || saving.status === "refused";
  return (
    <span role="status" className={isBad ? "chip warn" : "soft small"} title={saving.message}>
      {words}
    </span>
  );
}

function countWords(errors: number, warnings: number): string {
  const words = [];
  if (errors > 0) words.push(errors === 1 ? "1 error" : `${errors} errors`);
  if (warnings > 0) words.push(warnings === 1 ? "1 warning" : `${warnings} warnings`);
  return words.join(", ");
}
