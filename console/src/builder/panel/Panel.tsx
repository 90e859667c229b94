import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { Link } from "react-router";

import { connectionChoices } from "../data/connectionChoices";
import { listAddable, listPorts, type Port } from "../model/catalogue";
import type { Step } from "../model/graph";
import { setMember, setNote, setOption, setSubject } from "../model/settings";
import { KIND_TITLES, KindGlyph, SignGlyph, ToneGlyph } from "../parts/Glyph";
import { SelectField, TextField } from "../parts/TextField";
import type { Commands } from "../state/commands";
import { useBuilder, useBuilderState, useCheck } from "../state/context";
import { outerStep } from "../canvas/marks";
import { ConnectionFacts } from "./ConnectionFacts";
import { FlowSettings } from "./FlowSettings";
import { Looks } from "./Looks";
import { SchemaForm } from "./SchemaForm";
import type { FieldSchema } from "./schema";
import { TargetButton } from "./TargetButton";

const ConditionEditor = lazy(async () => ({ default: (await import("./ConditionEditor")).ConditionEditor }));

/** The properties of what is selected: a step, several, an edge, or else the flow as a whole. */
export function Panel({ commands }: { readonly commands: Commands }) {
  const selected = useBuilderState((state) => state.selected);
  const exit = useBuilderState((state) => state.selectedExit);
  const steps = useBuilderState((state) => state.graph.steps);
  const locked = useBuilderState((state) => state.readOnly || state.faults.length > 0);
  const step = selected.length === 1 ? steps.get(selected[0] ?? "") : undefined;
  if (step) return <StepPanel key={step.id} step={step} commands={commands} disabled={locked} />;
  if (selected.length > 1) return <ManyPanel names={selected} commands={commands} disabled={locked} />;
  if (exit) return <ExitPanel exit={exit} commands={commands} disabled={locked} />;
  return <FlowSettings commands={commands} disabled={locked} />;
}

interface StepPanelProps {
  readonly step: Step;
  readonly commands: Commands;
  readonly disabled: boolean;
}

function StepPanel({ step, commands, disabled }: StepPanelProps) {
  const { store, catalogue, ask, lookInside } = useBuilder();
  const check = useCheck();
  const queries = useQueryClient();
  const type = catalogue.find(step.kind, step.subject);
  const edit = store.getState().edit;
  const facts = check?.steps[step.id];
  const problems = (check?.problems ?? []).filter((problem) => problem.step !== null && outerStep(problem.step) === step.id);
  const members = (type?.step_schema as FieldSchema | undefined)?.properties ?? {};
  return (
    <section className="b-panel" aria-label={`Properties of ${step.id}`} data-panel={step.id} tabIndex={disabled ? 0 : undefined}>
      <header className="b-panel-head">
        <span className="b-choice-icon" data-kind={step.kind} data-subject={step.kind === "end" ? step.subject : undefined}>
          <KindGlyph kind={step.kind} />
        </span>
        <div>
          <h2>{step.id}</h2>
          <p className="soft small">{type ? type.title : `${KIND_TITLES[step.kind]} ${step.subject}`}</p>
        </div>
        <button
          type="button"
          className="button b-small"
          disabled={disabled}
          onClick={() => ask({ what: "rename", step: step.id })}
        >
          Rename
        </button>
      </header>
      {type?.summary && type.summary !== type.title && <p className="small">{type.summary}</p>}
      {problems.length > 0 && (
        <ul className="b-panel-problems">
          {problems.map((problem) => (
            <li key={problem.code + problem.message} data-severity={problem.severity}>
              {problem.message}
            </li>
          ))}
        </ul>
      )}
      {step.kind === "condition" ? (
        <Suspense fallback={<p className="soft">One moment …</p>}>
          <ConditionEditor step={step} disabled={disabled} />
        </Suspense>
      ) : (
        <SelectField
          label={KIND_TITLES[step.kind]}
          value={step.subject}
          disabled={disabled}
          options={catalogue.listKind(step.kind).map((one) => ({
            value: one.name,
            title: one.title === one.name ? one.name : `${one.title} (${one.name})`,
          }))}
          onChange={(subject) => edit((doc) => setSubject(doc, step.id, step.kind, subject), `It is ${subject} now.`)}
        />
      )}
      {step.kind === "connector" && <ConnectionFacts name={step.subject} />}
      {step.kind === "subflow" && (
        <div className="actions">
          <button type="button" className="button b-small" onClick={() => lookInside(step.id)}>
            Look into {step.subject}
          </button>
          <Link to={`/flows/${step.subject}`}>Edit it</Link>
        </div>
      )}
      {type && (
        <SchemaForm
          schema={type.options_schema}
          value={step.options}
          disabled={disabled}
          connections={(ability) => connectionChoices(queries, ability)}
          onChange={(path, value) => edit((doc) => setOption(doc, step.id, path, value))}
        />
      )}
      {(step.kind === "screen" || step.kind === "connector" || "max_visits" in members) && step.kind !== "condition" && (
        <TextField
          label="At most so many visits in a run"
          help="The visit after that leaves by limit, or ends the run if limit leads nowhere. 1 to 1000."
          value={step.maxVisits === null ? "" : String(step.maxVisits)}
          disabled={disabled}
          onCommit={(text) => edit((doc) => setMember(doc, step.id, "max_visits", text === "" ? null : readNumber(text)))}
        />
      )}
      {step.kind === "review" && (
        <TextField
          label="Time for reviewers"
          help="Such as 30m, 48h or 7d; 48h unless said otherwise."
          value={step.deadline ?? ""}
          disabled={disabled}
          onCommit={(text) => edit((doc) => setMember(doc, step.id, "deadline", text))}
        />
      )}
      {step.kind === "end" && (
        <TextField
          label="Reason"
          help="A name such as stopped. An embedding flow can wire it; stopped tells the application access_denied."
          value={step.reason ?? ""}
          disabled={disabled}
          onCommit={(text) => edit((doc) => setMember(doc, step.id, "reason", text))}
        />
      )}
      {step.kind !== "condition" && step.kind !== "end" && <Exits step={step} commands={commands} disabled={disabled} />}
      {facts && (
        <section className="b-known">
          <h3>Surely proved on arrival</h3>
          <p className="small">
            {facts.evidence.length === 0 ? "Nothing yet." : facts.evidence.join(", ")}
            {facts.acr !== null && (
              <>
                {" "}
                <span className="chip good">{facts.acr}</span>
              </>
            )}
          </p>
          {type && type.needs.length > 0 && <p className="small soft">Needs before it: {type.needs.join(", ")}.</p>}
        </section>
      )}
      <Looks names={[step.id]} commands={commands} disabled={disabled} />
      <TextField
        label="Note"
        help="For whoever works on this flow; it stands in the text as a comment."
        multiline
        value={step.note}
        disabled={disabled}
        onCommit={(note) => edit((doc) => setNote(doc, step.id, note))}
      />
      <div className="actions">
        <button type="button" className="button b-small" disabled={disabled} onClick={() => commands.duplicate()}>
          <SignGlyph sign="copy" size={15} /> Duplicate
        </button>
        <button type="button" className="button b-small" disabled={disabled} onClick={() => ask({ what: "move", step: step.id })}>
          Move to …
        </button>
        <button type="button" className="button danger b-small" disabled={disabled} onClick={() => commands.delete([step.id])}>
          <SignGlyph sign="trash" size={15} /> Delete
        </button>
      </div>
    </section>
  );
}

function Exits({ step, commands, disabled }: StepPanelProps) {
  const { catalogue } = useBuilder();
  const addable = listAddable(step, catalogue);
  return (
    <section className="b-exits" aria-label="Exits">
      <h3>Exits</h3>
      <ul>
        {listPorts(step, catalogue).map((port) => (
          <ExitRow key={port.outcome} step={step} port={port} commands={commands} disabled={disabled} />
        ))}
      </ul>
      {addable.length > 0 && (
        <SelectField
          label="A way of its own for an error"
          value=""
          disabled={disabled}
          options={[{ value: "", title: "Choose an error …" }, ...addable.map((one) => ({ value: one.name, title: one.title || one.name }))]}
          onChange={(outcome) => {
            const target = step.exits.find((exit) => exit.outcome === "error")?.target;
            if (outcome !== "" && target) commands.connect({ step: step.id, outcome }, target);
          }}
        />
      )}
    </section>
  );
}

function ExitRow({ step, port, commands, disabled }: StepPanelProps & { readonly port: Port }) {
  return (
    <li className="b-exit-row" data-tone={port.tone}>
      <ToneGlyph tone={port.tone} />
      <span>
        {port.outcome}
        {!port.known && <small className="b-fault"> no such exit</small>}
        {!port.required && port.known && <small className="soft"> optional</small>}
      </span>
      <TargetButton exit={{ step: step.id, outcome: port.outcome }} target={port.target} required={port.required} disabled={disabled} />
      {port.target !== null && (
        <button
          type="button"
          className="button quiet b-icon"
          disabled={disabled}
          aria-label={`${port.outcome}: take away the way to ${port.target}`}
          onClick={() => commands.disconnect({ step: step.id, outcome: port.outcome })}
        >
          <SignGlyph sign="close" size={14} />
        </button>
      )}
    </li>
  );
}

interface ExitPanelProps {
  readonly exit: { step: string; outcome: string };
  readonly commands: Commands;
  readonly disabled: boolean;
}

function ExitPanel({ exit, commands, disabled }: ExitPanelProps) {
  const { ask } = useBuilder();
  const target = useBuilderState(
    (state) => state.graph.steps.get(exit.step)?.exits.find((one) => one.outcome === exit.outcome)?.target ?? null,
  );
  return (
    <section className="b-panel" aria-label="Properties of the edge" tabIndex={disabled ? 0 : undefined}>
      <h2>
        {exit.step} → {target ?? "nothing"}
      </h2>
      <p className="small soft">Taken when {exit.step} leaves by {exit.outcome}.</p>
      <div className="actions">
        <button type="button" className="button b-small" disabled={disabled} onClick={() => ask({ what: "connect", exit })}>
          Lead elsewhere …
        </button>
        <button type="button" className="button b-small" disabled={disabled} onClick={() => ask({ what: "add", insert: exit })}>
          Put a step in between …
        </button>
        <button type="button" className="button danger b-small" disabled={disabled} onClick={() => commands.disconnect(exit)}>
          Take away
        </button>
      </div>
    </section>
  );
}

function ManyPanel({ names, commands, disabled }: Omit<ExitPanelProps, "exit"> & { readonly names: readonly string[] }) {
  return (
    <section className="b-panel" aria-label="Several steps" tabIndex={disabled ? 0 : undefined}>
      <h2>{names.length} steps</h2>
      <p className="small soft">{names.join(", ")}</p>
      <Looks key={names.join(" ")} names={names} commands={commands} disabled={disabled} />
      <div className="actions">
        <button type="button" className="button b-small" disabled={disabled} onClick={() => commands.duplicate()}>
          Duplicate
        </button>
        <button type="button" className="button danger b-small" disabled={disabled} onClick={() => commands.delete(names)}>
          Delete
        </button>
      </div>
    </section>
  );
}

function readNumber(text: string): number | string {
  const value = Number(text);
  return Number.isInteger(value) ? value : text;
}
