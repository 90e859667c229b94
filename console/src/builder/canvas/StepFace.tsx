import { Handle, type NodeProps, Position as Side } from "@xyflow/react";
import { memo } from "react";

import type { Port } from "../model/catalogue";
import { KIND_TITLES, KindGlyph, SignGlyph, ToneGlyph } from "../parts/Glyph";
import { useBuilder, useBuilderState } from "../state/context";
import { ENTRY, type StepNode } from "./drawing";

/** A step as it is drawn: its kind, name and settings, what it proves, what is wrong with it, and its exits. */
export const StepFace = memo(function StepFace({ data, selected }: NodeProps<StepNode>) {
  const { step, ports, facts, proves, errors, warnings, mark, isStart, acr, color } = data;
  const isEntry = useIsTabStop(step.id, isStart);
  const readOnly = useBuilderState((state) => state.readOnly);
  const proof = acr ?? proves.join(", ");
  return (
    <div
      role="group"
      tabIndex={isEntry ? 0 : -1}
      aria-roledescription="step"
      aria-label={describe(data)}
      aria-describedby="b-canvas-keys"
      data-step={step.id}
      data-kind={step.kind}
      data-subject={step.kind === "end" ? step.subject : undefined}
      data-mark={mark ?? undefined}
      data-color={color ?? undefined}
      data-selected={selected ? true : undefined}
      className="b-step"
    >
      {!isStart || <span className="b-start">Start</span>}
      <Handle type="target" position={Side.Left} id={ENTRY} className="b-entry" isConnectableStart={false} />
      <div className="b-step-head">
        <span className="b-step-icon">
          <KindGlyph kind={step.kind} />
        </span>
        <span className="b-step-names">
          <strong>{step.id}</strong>
          <small>{step.kind === "end" ? `End: ${step.subject}` : data.title || KIND_TITLES[step.kind]}</small>
        </span>
        {step.note !== "" && (
          <span className="b-step-note" title={step.note}>
            <SignGlyph sign="note" size={15} />
          </span>
        )}
        {errors + warnings > 0 && (
          <span className={errors > 0 ? "b-badge bad" : "b-badge warn"} title={countWords(errors, warnings)}>
            <SignGlyph sign="warn" size={14} />
            {errors + warnings}
          </span>
        )}
      </div>
      {(proof !== "" || facts.length > 0) && (
        <div className="b-step-facts">
        {proof !== "" && (
          <span className="b-proof" title={acr === null ? "What it proves" : "The level that every way here earns"}>
            <ToneGlyph tone="proof" />
            {proof.replace("urn:idp:acr:", "")}
          </span>
        )}
        <span className="b-fact">{facts.join(" · ")}</span>
        </div>
      )}
      {ports.map((port) => (
        <PortRow key={port.outcome} step={step.id} port={port} isActive={isEntry} readOnly={readOnly} />
      ))}
    </div>
  );
});

interface PortRowProps {
  readonly step: string;
  readonly port: Port;
  readonly isActive: boolean;
  readonly readOnly: boolean;
}

function PortRow({ step, port, isActive, readOnly }: PortRowProps) {
  const { ask } = useBuilder();
  const isFree = port.target === null;
  const words = `${port.outcome}${port.title.toLowerCase() === port.outcome ? "" : ` (${port.title})`}`;
  return (
    <div className="b-port" data-tone={port.tone} data-free={isFree || undefined} data-missing={(isFree && port.required) || undefined}>
      <ToneGlyph tone={port.tone} />
      <span className="b-port-name" title={port.known ? port.title : `${port.title}: this step has no such exit`}>
        {port.tone === "proof" || port.outcome.startsWith("case ") ? port.title : port.outcome}
      </span>
      {!port.known && <span className="b-port-unknown">?</span>}
      {isFree && !readOnly && (
        <button
          type="button"
          className="b-quick nodrag"
          tabIndex={isActive ? 0 : -1}
          aria-label={`Add a step after ${step}, ${words}${port.required ? ", which must lead somewhere" : ""}`}
          onClick={(event) => {
            event.stopPropagation();
            ask({ what: "add", after: { step, outcome: port.outcome } });
          }}
        >
          <SignGlyph sign="plus" size={13} />
        </button>
      )}
      <Handle type="source" position={Side.Right} id={port.outcome} className="b-exit" isConnectableEnd={false} />
    </div>
  );
}

/** One step at a time can be reached with Tab: the selected one, else the start. Arrow keys move on from there. */
function useIsTabStop(id: string, isStart: boolean): boolean {
  return useBuilderState((state) => {
    const stop = state.selected.find((name) => state.graph.steps.has(name));
    return stop === undefined ? isStart : stop === id;
  });
}

function describe({ step, title, ports, facts, proves, errors, warnings, isStart, color }: StepNode["data"]): string {
  const exits = ports.map((port) => `${port.outcome} to ${port.target ?? "nothing"}`).join(", ");
  return [
    `${step.id}, ${KIND_TITLES[step.kind].toLowerCase()}, ${step.kind === "end" ? step.subject : title}`,
    isStart ? "the start" : "",
    color === null ? "" : `coloured ${color}`,
    facts.join(", "),
    proves.length > 0 ? `proves ${proves.join(", ")}` : "",
    errors + warnings > 0 ? countWords(errors, warnings) : "",
    exits === "" ? "" : `exits: ${exits}`,
  ]
    .filter(Boolean)
    .join("; ");
}

function countWords(errors: number, warnings: number): string {
  const parts = [];
  if (errors > 0) parts.push(errors === 1 ? "1 error" : `${errors} errors`);
  if (warnings > 0) parts.push(warnings === 1 ? "1 warning" : `${warnings} warnings`);
  return parts.join(", ");
}
