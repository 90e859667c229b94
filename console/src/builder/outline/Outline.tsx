import { type KeyboardEvent, memo, useMemo, useState } from "react";

import type { FlowProblem } from "../data/shapes";
import { listPorts } from "../model/catalogue";
import { reorderStep } from "../model/edits";
import type { Step } from "../model/graph";
import { listFromStart } from "../model/order";
import { KIND_TITLES, KindGlyph, SignGlyph, ToneGlyph } from "../parts/Glyph";
import { TargetButton } from "../panel/TargetButton";
import type { Commands } from "../state/commands";
import { useBuilder, useBuilderState } from "../state/context";
import { useProblemsByStep } from "./useProblemsByStep";

const NONE: readonly FlowProblem[] = [];

/** The flow as a table: everything that can be done on the drawing, for those who cannot see or use it. */
export function Outline({ commands }: { readonly commands: Commands }) {
  const { ask } = useBuilder();
  const problems = useProblemsByStep();
  const graph = useBuilderState((state) => state.graph);
  const selected = useBuilderState((state) => state.selected);
  const locked = useBuilderState((state) => state.readOnly || state.faults.length > 0);
  const [order, setOrder] = useState<"way" | "text">("way");
  const names = useMemo(() => (order === "way" ? listFromStart(graph) : [...graph.steps.keys()]), [graph, order]);
  const chosen = new Set(selected);
  const groups = useMemo(() => new Map(graph.groups.flatMap((one) => one.steps.map((name) => [name, one.title]))), [graph]);
  return (
    <section className="b-outline" aria-label="Outline of the flow">
      <div className="b-outline-head">
        <p id="b-outline-keys" className="small soft">
          Each row is a step with its exits. Up and down go to the next row; Enter edits, A adds, C connects, M moves, R renames, Delete deletes.
        </p>
        <label className="b-inline">
          Order
          <select value={order} onChange={(event) => setOrder(event.target.value as typeof order)}>
            <option value="way">as a run goes</option>
            <option value="text">as in the text</option>
          </select>
        </label>
        <button type="button" className="button b-small" disabled={locked} onClick={() => ask({ what: "add" })}>
          <SignGlyph sign="plus" size={15} /> Add a step
        </button>
      </div>
      <table aria-describedby="b-outline-keys" onKeyDown={(event) => moveRow(event)}>
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col">What it is</th>
            <th scope="col">Exits</th>
            <th scope="col">Do</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name, index) => {
            const step = graph.steps.get(name);
            if (!step) return null;
            return (
              <OutlineRow
                key={name}
                step={step}
                commands={commands}
                problems={problems.get(name) ?? NONE}
                group={groups.get(name) ?? ""}
                color={graph.colors.get(name) ?? ""}
                isStart={graph.head.start === name}
                isSelected={chosen.has(name)}
                locked={locked}
                upper={order === "text" ? (names[index - 1] ?? null) : null}
              />
            );
          })}
        </tbody>
      </table>
      {names.length === 0 && <p className="b-list">There are no steps yet. Add the first one.</p>}
    </section>
  );
}

interface OutlineRowProps {
  readonly step: Step;
  readonly commands: Commands;
  readonly problems: readonly FlowProblem[];
  readonly group: string;
  readonly color: string;
  readonly isStart: boolean;
  readonly isSelected: boolean;
  readonly locked: boolean;
  readonly upper: string | null;
}

const OutlineRow = memo(function OutlineRow(props: OutlineRowProps) {
  const { step, commands, problems, group, color, isStart, isSelected, locked, upper } = props;
  const { ask, catalogue, store } = useBuilder();
  const title = step.kind === "end" ? step.subject : (catalogue.find(step.kind, step.subject)?.title ?? step.subject);
  const ports = listPorts(step, catalogue);
  const free = ports.find((port) => port.target === null) ?? ports[0];
  return (
    <tr data-selected={isSelected || undefined} onFocus={() => store.getState().select([step.id])}>
      <th scope="row">
        <button
          type="button"
          className="b-row"
          data-outline={step.id}
          aria-current={isSelected || undefined}
          onKeyDown={(event) => {
            const act = rowKey(event.key, step, free?.outcome, { ask, commands, locked });
            if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
            event.preventDefault();
            event.stopPropagation();
            act();
          }}
          onClick={() => store.getState().select([step.id])}
        >
          <span className="b-choice-icon" data-kind={step.kind} data-subject={step.kind === "end" ? step.subject : undefined}>
            <KindGlyph kind={step.kind} size={16} />
          </span>
          {step.id}
          {isStart && <span className="chip good">start</span>}
        </button>
      </th>
      <td>
        {title !== KIND_TITLES[step.kind] && <span className="soft small">{KIND_TITLES[step.kind]} </span>}
        {title}
        {step.maxVisits !== null && <span className="small soft"> · at most {step.maxVisits} visits</span>}
        {(group !== "" || color !== "") && " "}
        {(group !== "" || color !== "") && (
          <span className="chip b-looks" data-color={color || undefined}>
            {[group, color].filter(Boolean).join(", ")}
          </span>
        )}
        {problems.map((problem) => (
          <p key={problem.code + problem.message} className="b-fault small">
            {problem.severity}: {problem.message.split("; path: ")[0]}
          </p>
        ))}
        {step.note !== "" && <p className="small soft">{step.note}</p>}
      </td>
      <td>
        <ul className="b-outline-exits">
          {ports.map((port) => (
            <li key={port.outcome} data-tone={port.tone}>
              <ToneGlyph tone={port.tone} />
              <span title={port.title}>{port.outcome}</span>
              <TargetButton exit={{ step: step.id, outcome: port.outcome }} target={port.target} required={port.required} disabled={locked} />
            </li>
          ))}
        </ul>
      </td>
      <td className="b-row-actions">
        {free && (
          <button
            type="button"
            className="button quiet b-icon"
            disabled={locked}
            aria-label={`Add a step after ${step.id}`}
            onClick={() => ask({ what: "add", after: { step: step.id, outcome: free.outcome } })}
          >
            <SignGlyph sign="plus" size={15} />
          </button>
        )}
        {upper !== null && (
          <button
            type="button"
            className="button quiet b-icon"
            disabled={locked}
            aria-label={`Move ${step.id} up in the text`}
            onClick={() => store.getState().edit((doc) => reorderStep(doc, step.id, upper), `${step.id} moved up in the text.`)}
          >
            <SignGlyph sign="up" size={15} />
          </button>
        )}
        <button
          type="button"
          className="button quiet b-icon"
          disabled={locked}
          aria-label={`Rename ${step.id}`}
          onClick={() => ask({ what: "rename", step: step.id })}
        >
          <SignGlyph sign="note" size={15} />
        </button>
        <button
          type="button"
          className="button quiet b-icon"
          disabled={locked}
          aria-label={`Delete ${step.id}`}
          onClick={() => commands.delete([step.id])}
        >
          <SignGlyph sign="trash" size={15} />
        </button>
      </td>
    </tr>
  );
});

interface RowDoors {
  ask: ReturnType<typeof useBuilder>["ask"];
  commands: Commands;
  locked: boolean;
}

function rowKey(key: string, step: Step, outcome: string | undefined, { ask, commands, locked }: RowDoors): (() => void) | null {
  if (key === "Enter") {
    return () => document.querySelector<HTMLElement>(`[data-panel="${CSS.escape(step.id)}"] :is(input, select, textarea, button)`)?.focus();
  }
  if (locked) return null;
  if (key === "a" && outcome !== undefined) return () => ask({ what: "add", after: { step: step.id, outcome } });
  if (key === "c" && outcome !== undefined) return () => ask({ what: "connect", exit: { step: step.id, outcome } });
  if (key === "m") return () => ask({ what: "move", step: step.id });
  if (key === "r" || key === "F2") return () => ask({ what: "rename", step: step.id });
  if (key === "Delete") {
    return () => {
      focusRow(step.id, 1);
      commands.delete([step.id]);
    };
  }
  return null;
}

/** Up and down go from row to row, in the column of names. */
function moveRow(event: KeyboardEvent<HTMLTableElement>): void {
  const name = (event.target as HTMLElement).dataset["outline"];
  const by = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
  if (name === undefined || by === undefined) return;
  event.preventDefault();
  focusRow(name, by);
}

function focusRow(from: string, by: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-outline]")];
  const at = rows.findIndex((row) => row.dataset["outline"] === from);
  rows[Math.max(0, Math.min(rows.length - 1, at + by))]?.focus();
}
