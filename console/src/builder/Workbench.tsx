import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ReactFlowProvider } from "@xyflow/react";
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";

import { Canvas } from "./canvas/Canvas";
import { type Marks, markProblem, NO_MARKS, outerStep } from "./canvas/marks";
import { useWays, type Ways } from "./canvas/useWays";
import { connections } from "./data/connectionChoices";
import { readLive, type Tagged } from "./data/reading";
import type { Draft, Flow, FlowProblem, Variable } from "./data/shapes";
import { saveDraft } from "./data/writing";
import { leaveField } from "./keys";
import type { Catalogue } from "./model/catalogue";
import type { StepKind } from "./model/graph";
import { Palette } from "./palette/Palette";
import { SignGlyph } from "./parts/Glyph";
import type { Comparison } from "./publish/comparison";
import { KeptBanner } from "./publish/KeptBanner";
import { Commands } from "./state/commands";
import { type Asked, type Builder, BuilderProvider, CheckProvider, useBuilder, useBuilderState } from "./state/context";
import { DraftSaver, Shelf } from "./state/saving";
import type { Looked } from "./state/looked";
import { createBuilderStore, useSlice } from "./state/store";
import { useChecking } from "./state/useChecking";
import { type Drawer, useGlobalKeys, type View } from "./state/useGlobalKeys";
import { Toolbar } from "./toolbar/Toolbar";

const Outline = lazy(async () => ({ default: (await import("./outline/Outline")).Outline }));
const StepDialog = lazy(async () => ({ default: (await import("./dialogs/StepDialog")).StepDialog }));
const Panel = lazy(async () => ({ default: (await import("./panel/Panel")).Panel }));
const ProblemList = lazy(async () => ({ default: (await import("./problems/ProblemList")).ProblemList }));
const ConflictDialog = lazy(async () => ({ default: (await import("./publish/ConflictDialog")).ConflictDialog }));
const TextView = lazy(async () => ({ default: (await import("./yaml/TextView")).TextView }));
const RunDrawer = lazy(async () => ({ default: (await import("./run/RunDrawer")).RunDrawer }));
const VersionsDrawer = lazy(async () => ({ default: (await import("./publish/VersionsDrawer")).VersionsDrawer }));
const PeopleDrawer = lazy(async () => ({ default: (await import("./run/PeopleDrawer")).PeopleDrawer }));
const FlowDialog = lazy(async () => ({ default: (await import("./publish/FlowDialog")).FlowDialog }));

export interface WorkbenchProps {
  readonly id: string;
  readonly draftName: string;
  readonly catalogue: Catalogue;
  readonly variables: readonly Variable[];
  readonly may: { write: boolean; publish: boolean; stats: boolean };
  readonly flow: Tagged<Flow> | null;
  readonly draft: Tagged<Draft> | null;
  readonly text: string;
  /** Whether it was only just begun, so that nobody has saved it yet. */
  readonly isNew?: boolean;
  /** What the address asks to compare: the drawer of versions is open with it. */
  readonly comparison?: Comparison | null;
}

const CLOCK = {
  now: () => Date.now(),
  wait: (ms: number, then: () => void) => {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
};

/** Everything to work on one flow with: the state, the server's checker, saving, and the parts that show it. */
export function Workbench(props: WorkbenchProps) {
  const { id, draftName, catalogue, variables, may, draft, flow, text, isNew = false } = props;
  const [store] = useState(() => createBuilderStore(text, !may.write));
  const [shelf] = useState(() => new Shelf(id, draftName, localStorage));
  const [kept] = useState(() => (may.write ? shelf.read() : null));
  const [saver] = useState(() => {
    const base = draft?.body.base_version ?? flow?.body.newest_version ?? null;
    const save = (next: string, etag: string | undefined, from: number | null) =>
      saveDraft(id, draftName, { text: next, base_version: from }, etag);
    return new DraftSaver(isNew ? "" : text, draft?.etag, base, save, shelf, CLOCK);
  });
  const [asked, setAsked] = useState<Asked | null>(null);
  const [views, setViews] = useState<readonly Looked[]>([]);
  const ways = useRef<Ways>({ goTo: () => undefined, reveal: () => undefined });
  const viewed = views.at(-1) ?? null;
  const shown = viewed?.store ?? store;
  const queries = useQueryClient();
  const lookInside = useCallback(
    (step: string) => {
      const embedded = shown.getState().graph.steps.get(step);
      if (embedded?.kind !== "subflow") return;
      void readLive(queries, embedded.subject).then((found) => {
        if (found === null) {
          shown.getState().announce(`Nothing of ${embedded.subject} is published, so there is nothing to look into.`);
          return;
        }
        const inside = { ...found, step, store: createBuilderStore(found.text, true) };
        setViews((before) => [...before, inside]);
        inside.store.getState().announce(`You look into ${embedded.subject}, version ${found.number}.`);
      });
    },
    [shown, queries],
  );
  const onLeave = useCallback(
    (depth: number) => {
      setViews((before) => before.slice(0, depth));
      const left = views[depth]?.step ?? null;
      if (left !== null) requestAnimationFrame(() => ways.current.goTo(left));
    },
    [views],
  );
  const builder = useMemo<Builder>(
    () => ({
      store: shown,
      catalogue,
      variables,
      flowId: id,
      ask: setAsked,
      lookInside,
      goTo: (step) => ways.current.goTo(step),
      reveal: (steps) => ways.current.reveal(steps),
    }),
    [shown, catalogue, variables, id, lookInside],
  );
  const onView = useCallback(
    (number: number, version: string) => setViews([{ flow: id, number, step: null, text: version, store: createBuilderStore(version, true) }]),
    [id],
  );

  useEffect(() => {
    const stop = store.subscribe((state, before) => {
      if (state.text !== before.text && !state.readOnly) saver.change(state.text);
    });
    if (isNew) saver.change(store.getState().text);
    return () => {
      stop();
      void saver.flush();
    };
  }, [store, saver, isNew]);
  useEffect(() => {
    const guard = (event: BeforeUnloadEvent) => {
      leaveField();
      if (saver.isDirty) event.preventDefault();
    };
    addEventListener("beforeunload", guard);
    return () => removeEventListener("beforeunload", guard);
  }, [saver]);

  const checked = useSlice(shown, (state) => state.text);
  const checking = useChecking(checked);
  return (
    <BuilderProvider value={builder}>
      <CheckProvider value={checking.check}>
        <ReactFlowProvider>
          <Bench {...props} saver={saver} shelf={shelf} kept={kept} checking={checking} asked={asked} onAnswered={() => setAsked(null)} waysRef={ways} views={views} onView={onView} onLeave={onLeave} />
        </ReactFlowProvider>
      </CheckProvider>
    </BuilderProvider>
  );
}

interface BenchProps extends WorkbenchProps {
  readonly saver: DraftSaver;
  readonly shelf: Shelf;
  readonly kept: ReturnType<Shelf["read"]>;
  readonly checking: ReturnType<typeof useChecking>;
  readonly asked: Asked | null;
  readonly onAnswered: () => void;
  readonly waysRef: React.RefObject<Ways>;
  readonly views: readonly Looked[];
  readonly onView: (number: number, text: string) => void;
  readonly onLeave: (depth: number) => void;
}

/** The parts beside each other: tools, steps to add, the flow as drawing, outline or text, properties, and a drawer below. */
function Bench(props: BenchProps) {
  const { id, may, flow, saver, checking, asked, onAnswered, waysRef, catalogue, views, onView, onLeave, draftName } = props;
  const looked = views.at(-1) ?? null;
  const viewKey = looked === null ? "draft" : views.map((one) => `${one.flow} ${one.number}`).join(" ");
  const { store } = useBuilder();
  const queries = useQueryClient();
  useQuery({ ...connections, enabled: may.write });
  const saving = useSyncExternalStore(saver.subscribe, saver.getState);
  const commands = useMemo(() => new Commands(store, catalogue), [store, catalogue]);
  const [view, setView] = useState<View>(() => (matchMedia("(max-width: 48rem)").matches ? "outline" : "canvas"));
  const [drawer, setDrawer] = useState<Drawer>(props.comparison ? "versions" : null);
  const [marks, setMarks] = useState<Marks>(NO_MARKS);
  const [problem, setProblem] = useState<FlowProblem | null>(null);
  const palette = useRef<HTMLInputElement>(null);
  const { goTo, reveal } = useWays(view);
  useEffect(() => {
    waysRef.current = { goTo, reveal };
  }, [waysRef, goTo, reveal]);

  const openDrawer = useCallback((next: Drawer) => {
    setDrawer(next);
    setMarks(NO_MARKS);
    setProblem(null);
  }, []);
  const tidyUp = useCallback(async () => {
    await commands.tidy();
    const { selected, graph } = store.getState();
    reveal(selected.length > 0 ? selected : [graph.head.start]);
  }, [commands, store, reveal]);
  const add = useCallback(
    (kind: StepKind, subject: string) => {
      const name = commands.add(kind, subject, addWhere(store.getState()));
      if (name !== "") goTo(name);
    },
    [commands, store, goTo],
  );
  const doors = useMemo(
    () => ({
      tidy: tidyUp,
      save: () => {
        leaveField();
        void saver.flush().then((done) => store.getState().announce(done ? "Saved." : "Not saved yet."));
      },
      setView,
      openDrawer,
      focusPalette: () => palette.current?.focus(),
    }),
    [saver, store, openDrawer, tidyUp],
  );
  useGlobalKeys(commands, doors);

  const showProblem = (one: FlowProblem) => {
    setProblem(one);
    setMarks(markProblem(one));
    if (one.step !== null) {
      store.getState().select([outerStep(one.step)]);
      if (one.path.length > 1) reveal(one.path.map(({ step }) => outerStep(step)));
      else goTo(outerStep(one.step));
    } else {
      store.getState().select([]);
    }
  };
  // What is mended is not lit up any longer.
  if (problem && checking.isCurrent && !checking.check?.problems.some((one) => one.message === problem.message)) {
    setProblem(null);
    setMarks(NO_MARKS);
  }
  const refresh = () => void queries.invalidateQueries({ queryKey: ["flows"] });
  const isFlowDialog = asked !== null && ["publish", "import", "templates", "discard"].includes(asked.what);

  return (
    <main className="builder" data-view={view} data-drawer={drawer ?? undefined}>
      <Toolbar
        flow={flow?.body ?? null}
        commands={commands}
        view={view}
        drawer={drawer}
        saving={saving}
        checking={checking}
        may={may}
        views={views}
        author={draftWords(props.draft)}
        onView={setView}
        onTidy={tidyUp}
        onDrawer={openDrawer}
        onLeave={onLeave}
      />
      <KeptBanner kept={props.kept} shelf={props.shelf} />
      <div className="b-body">
        {may.write && looked === null && view !== "outline" && (
          <Palette
            catalogue={catalogue}
            inputRef={palette}
            onAdd={add}
          />
        )}
        <div className="b-middle">
          {view === "outline" ? (
            <Suspense fallback={<p className="b-list">One moment …</p>}>
              <Outline commands={commands} />
            </Suspense>
          ) : (
            <Canvas key={viewKey} viewed={looked?.flow ?? id} commands={commands} marks={marks} />
          )}
          {view === "split" && (
            <Suspense fallback={<p className="b-list">One moment …</p>}>
              <TextView key={viewKey} check={checking.check} />
            </Suspense>
          )}
        </div>
        <Suspense fallback={<section className="b-panel" aria-busy />}>
          <Panel commands={commands} />
        </Suspense>
      </div>
      {drawer !== null && (
        <DrawerFrame drawer={drawer} onClose={() => openDrawer(null)}>
          <Suspense fallback={<p className="b-list">One moment …</p>}>
            {drawer === "problems" && <ProblemList checking={checking} shown={problem} onShow={showProblem} />}
            {drawer === "run" && <RunDrawer onMarks={setMarks} />}
            {drawer === "versions" && (
              <VersionsDrawer
                flow={flow}
                draftName={draftName}
                hasDraft={saving.etag !== undefined}
                may={may}
                viewing={looked?.step === null ? looked.number : null}
                comparison={props.comparison ?? null}
                onView={onView}
                onMarks={setMarks}
                onReleased={refresh}
              />
            )}
            {drawer === "people" && <PeopleDrawer flowId={id} mayStats={may.stats} onMarks={setMarks} />}
          </Suspense>
        </DrawerFrame>
      )}
      <StatusLine />
      {asked !== null && !isFlowDialog && (
        <Suspense fallback={null}>
          <StepDialog
            asked={asked}
            commands={commands}
            onClose={onAnswered}
            onDone={(step) => {
              if (step !== "") goTo(step);
            }}
          />
        </Suspense>
      )}
      {isFlowDialog && (
        <Suspense fallback={null}>
          <FlowDialog asked={asked} saver={saver} draftName={draftName} flow={flow} checking={checking} onClose={onAnswered} onReleased={refresh} />
        </Suspense>
      )}
      {saving.status === "conflict" && (
        <Suspense fallback={null}>
          <ConflictDialog saver={saver} saving={saving} />
        </Suspense>
      )}
    </main>
  );
}

/** A step that is taken from the palette goes behind the selected one, if that has one free exit that must lead somewhere. */
function addWhere(state: ReturnType<Builder["store"]["getState"]>) {
  return state.selectedExit ? { insert: state.selectedExit } : {};
}

/** Who wrote the draft that was found, and when. */
function draftWords(draft: Tagged<Draft> | null): string | null {
  if (!draft) return null;
  const { author, updated_at: at } = draft.body;
  const minutes = Math.round((Date.now() - new Date(at).getTime()) / 60_000);
  const when = minutes < 1 ? "just now" : minutes < 60 ? `${minutes} min ago` : new Date(at).toLocaleString();
  return `Draft by ${author}, ${when}`;
}

const DRAWER_TITLES = { problems: "Problems", run: "Dry run", versions: "Versions", people: "How people fare" };

interface DrawerFrameProps {
  readonly drawer: NonNullable<Drawer>;
  readonly onClose: () => void;
  readonly children: React.ReactNode;
}

function DrawerFrame({ drawer, onClose, children }: DrawerFrameProps) {
  const title = DRAWER_TITLES[drawer];
  const frame = useRef<HTMLElement>(null);
  useEffect(() => frame.current?.focus(), [drawer]);
  return (
    <section ref={frame} className="b-drawer" aria-label={title} tabIndex={-1} onKeyDown={(event) => event.key === "Escape" && onClose()}>
      <header className="b-drawer-head">
        <h2>{title}</h2>
        <button type="button" className="button quiet b-icon" aria-label={`Close ${title}`} onClick={onClose}>
          <SignGlyph sign="close" size={16} />
        </button>
      </header>
      {children}
    </section>
  );
}

/** Says what was just done, for everybody to see and for screen readers to say. */
function StatusLine() {
  const said = useBuilderState((state) => state.announcement);
  return (
    <p className="b-status" role="status" aria-live="polite" data-empty={said.trim() === "" || undefined}>
      {said}
    </p>
  );
}
