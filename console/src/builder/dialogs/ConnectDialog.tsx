import { useState } from "react";

import { listPorts } from "../model/catalogue";
import { refuseConnection } from "../model/connecting";
import { Chooser } from "../parts/Chooser";
import { type Asked, useBuilder, useBuilderState } from "../state/context";
import type { StepDialogProps } from "./props";
import { stepChoice } from "./stepChoice";

type ConnectProps = StepDialogProps & { readonly asked: Extract<Asked, { what: "connect" }> };

const NEW_STEP = "\u0000new";
const NOWHERE = "\u0000nowhere";

/** Leads an exit to a step: choose the exit, then where it leads. */
export function ConnectDialog({ asked, commands, onClose, onDone }: ConnectProps) {
  const { catalogue, ask } = useBuilder();
  const graph = useBuilderState((state) => state.graph);
  const [outcome, setOutcome] = useState(asked.exit.outcome);
  const exit = { step: asked.exit.step, outcome };
  const step = graph.steps.get(exit.step);
  const ports = step ? listPorts(step, catalogue) : [];
  const current = ports.find((port) => port.outcome === outcome)?.target;
  const steps = [...graph.steps.values()].map((one) => {
    const choice = stepChoice(one);
    const detail = one.id === current ? `${choice.detail} · leads there now` : choice.detail;
    return { ...choice, detail, group: "Steps of this flow", refused: refuseConnection(graph, exit, one.id) };
  });
  const choices = [
    { id: NEW_STEP, title: "A new step …", detail: "Choose its type next" },
    ...(current ? [{ id: NOWHERE, title: "Nothing", detail: `Take away the way to ${current}` }] : []),
    ...steps,
  ];
  return (
    <Chooser
      title={`Connect ${exit.step} to …`}
      label="Search steps of this flow"
      choices={choices}
      onClose={onClose}
      onChoose={(id) => {
        onClose();
        if (id === NEW_STEP) {
          ask({ what: "add", after: exit });
          return;
        }
        if (id === NOWHERE) commands.disconnect(exit);
        else commands.connect(exit, id);
        onDone(exit.step);
      }}
    >
      <label className="b-field">
        <span>When it leaves by</span>
        <select value={outcome} onChange={(event) => setOutcome(event.target.value)}>
          {ports.map((port) => (
            <option key={port.outcome} value={port.outcome}>
              {port.outcome}
              {port.target === null ? " (free)" : ` → ${port.target}`}
            </option>
          ))}
        </select>
      </label>
    </Chooser>
  );
}
