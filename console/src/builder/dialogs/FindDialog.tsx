import { Chooser } from "../parts/Chooser";
import { KIND_TITLES } from "../parts/Glyph";
import { useBuilder, useBuilderState } from "../state/context";
import type { StepDialogProps } from "./props";
import { stepChoice } from "./stepChoice";

/** Finds a step by anything that is written in it. */
export function FindDialog({ onClose, onDone }: Omit<StepDialogProps, "commands">) {
  const { catalogue, store } = useBuilder();
  const graph = useBuilderState((state) => state.graph);
  const choices = [...graph.steps.values()].map((one) => {
    const title = catalogue.find(one.kind, one.subject)?.title ?? one.subject;
    const group = graph.groups.find((it) => it.steps.includes(one.id))?.title;
    const words = [KIND_TITLES[one.kind], title, group, one.reason, one.note, ...one.cases.map((item) => item.when)];
    return stepChoice(one, words.filter(Boolean).join(" · "));
  });
  return (
    <Chooser
      title="Go to a step"
      label="Name, type, group, expression or note"
      choices={choices}
      onClose={onClose}
      onChoose={(id) => {
        onClose();
        store.getState().select([id]);
        onDone(id);
      }}
    />
  );
}
