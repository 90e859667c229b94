import { useState } from "react";

import { Chooser } from "../parts/Chooser";
import { type Side, SIDES } from "../state/commands";
import { useBuilderState } from "../state/context";
import type { OneStepProps } from "./props";
import { stepChoice } from "./stepChoice";

/** Moves a step beside another one, for those who cannot drag it there. */
export function MoveDialog({ step, commands, onClose, onDone }: OneStepProps) {
  const graph = useBuilderState((state) => state.graph);
  const [side, setSide] = useState<Side>("right");
  const others = [...graph.steps.values()].filter((one) => one.id !== step);
  return (
    <Chooser
      title={`Move ${step} to …`}
      label="Search steps of this flow"
      choices={others.map((one) => stepChoice(one))}
      onClose={onClose}
      onChoose={(id) => {
        onClose();
        commands.moveTo(step, side, id);
        onDone(step);
      }}
    >
      <label className="b-field">
        <span>Where</span>
        <select value={side} onChange={(event) => setSide(event.target.value as Side)}>
          {Object.entries(SIDES).map(([id, words]) => (
            <option key={id} value={id}>
              {words} …
            </option>
          ))}
        </select>
      </label>
    </Chooser>
  );
}
