import { useId } from "react";

import { type Color, COLORS } from "../model/graph";
import { TextField } from "../parts/TextField";
import type { Commands } from "../state/commands";
import { useBuilderState } from "../state/context";

interface ColorChoiceProps {
  readonly label: string;
  /** Undefined where steps differ, so that each choice is one. */
  readonly value: Color | null | undefined;
  readonly disabled: boolean;
  readonly onChange: (color: Color | null) => void;
}

/** Colours as swatches that have names; the arrow keys go from one to the next. */
export function ColorChoice({ label, value, disabled, onChange }: ColorChoiceProps) {
  const id = useId();
  return (
    <fieldset className="b-colors" disabled={disabled}>
      <legend>{label}</legend>
      {[null, ...COLORS].map((color) => (
        <label key={color ?? "none"} title={color ?? "no colour"} data-color={color ?? undefined} data-chosen={value === color || undefined}>
          <input type="radio" name={id} checked={value === color} aria-label={color ?? "no colour"} onChange={() => onChange(color)} />
        </label>
      ))}
    </fieldset>
  );
}

interface LooksProps {
  readonly names: readonly string[];
  readonly commands: Commands;
  readonly disabled: boolean;
}

/** How steps stand in the drawing: their colour, and the group they are in. It changes nothing of what the flow does. */
export function Looks({ names, commands, disabled }: LooksProps) {
  const colors = useBuilderState((state) => state.graph.colors);
  const groups = useBuilderState((state) => state.graph.groups);
  const groupOf = (name: string) => groups.find((group) => group.steps.includes(name))?.title ?? "";
  const [first = ""] = names;
  const color = names.every((name) => colors.get(name) === colors.get(first)) ? (colors.get(first) ?? null) : undefined;
  const group = names.every((name) => groupOf(name) === groupOf(first)) ? groupOf(first) : "";
  return (
    <>
      <ColorChoice label="Colour" value={color} disabled={disabled} onChange={(chosen) => commands.color(names, chosen)} />
      <TextField
        label="Group"
        help="A frame around steps that belong together. Type a new name to make one."
        value={group}
        list="b-groups"
        disabled={disabled}
        onCommit={(title) => commands.group(names, title.trim().slice(0, 80))}
      />
      <datalist id="b-groups">
        {groups.map((one) => (
          <option key={one.title} value={one.title} />
        ))}
      </datalist>
    </>
  );
}

/** The groups of the flow: their names and colours, and their steps to select. */
export function Groups({ commands, disabled }: Omit<LooksProps, "names">) {
  const groups = useBuilderState((state) => state.graph.groups);
  if (groups.length === 0) return null;
  return (
    <section className="b-cases" aria-label="Groups">
      <h3>Groups</h3>
      {groups.map((group) => (
        <div key={group.title} className="b-case" role="group" aria-label={`Group ${group.title}`}>
          <TextField label="Name" value={group.title} disabled={disabled} onCommit={(title) => commands.renameGroup(group.title, title.trim().slice(0, 80))} />
          <ColorChoice label="Colour" value={group.color} disabled={disabled} onChange={(color) => commands.colorGroup(group.title, color)} />
          <div className="actions">
            <button type="button" className="button b-small" onClick={() => commands.select(group.steps)}>
              Select its {group.steps.length === 1 ? "step" : `${group.steps.length} steps`}
            </button>
            <button type="button" className="button quiet b-small" disabled={disabled} onClick={() => commands.ungroup(group.title)}>
              Dissolve
            </button>
          </div>
        </div>
      ))}
    </section>
  );
}
