import { memo, type RefObject, useMemo } from "react";

import type { Catalogue } from "../model/catalogue";
import type { StepKind } from "../model/graph";
import { type Choice, ChoiceList } from "../parts/ChoiceList";
import { KindGlyph } from "../parts/Glyph";
import { readStepRef, STEP_DRAG, writeStepRef } from "./stepRef";

interface PaletteProps {
  readonly catalogue: Catalogue;
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly onAdd: (kind: StepKind, subject: string) => void;
}

/** Every type of step there is: drag one onto the drawing, click it, or take it with Enter. */
export const Palette = memo(function Palette({ catalogue, inputRef, onAdd }: PaletteProps) {
  const choices = useMemo(() => listTypes(catalogue), [catalogue]);
  return (
    <section className="b-palette" aria-label="Steps to add">
      <ChoiceList
        label="Search steps"
        inputRef={inputRef}
        choices={choices}
        drag={(id) => ({ [STEP_DRAG]: id })}
        onChoose={(id) => {
          const ref = readStepRef(id);
          if (ref) onAdd(ref.kind, ref.subject);
        }}
      />
    </section>
  );
});

/** Every step type as a choice, in the groups of the server. */
export function listTypes(catalogue: Catalogue): Choice[] {
  return catalogue.groups.flatMap((group) =>
    group.types.map((type) => ({
      id: writeStepRef(type.kind, type.name),
      title: type.title,
      detail: type.summary === type.title || type.summary === "" ? type.name : type.summary,
      group: group.title,
      icon: (
        <span className="b-choice-icon" data-kind={type.kind} data-subject={type.kind === "end" ? type.name : undefined}>
          <KindGlyph kind={type.kind} size={16} />
        </span>
      ),
    })),
  );
}
