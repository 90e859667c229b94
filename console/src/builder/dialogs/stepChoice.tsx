import type { Step } from "../model/graph";
import type { Choice } from "../parts/ChoiceList";
import { KIND_TITLES, KindGlyph } from "../parts/Glyph";

/** A step of the flow as one of a list to choose from; `detail` is what it is, unless something else is said. */
export function stepChoice(step: Step, detail = `${KIND_TITLES[step.kind]} ${step.subject}`): Choice {
  return {
    id: step.id,
    title: step.id,
    detail,
    icon: (
      <span className="b-choice-icon" data-kind={step.kind}>
        <KindGlyph kind={step.kind} size={16} />
      </span>
    ),
  };
}
