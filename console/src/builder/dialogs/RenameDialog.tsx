import { useState } from "react";

import { faultOfName } from "../model/names";
import { Window } from "../parts/Window";
import { useBuilderState } from "../state/context";
import type { OneStepProps } from "./props";

/** Gives a step another name, wherever it is named. */
export function RenameDialog({ step, commands, onClose, onDone }: OneStepProps) {
  const graph = useBuilderState((state) => state.graph);
  const [name, setName] = useState(step);
  const [isTried, setTried] = useState(false);
  const taken = new Set([...graph.steps.keys()].filter((one) => one !== step));
  const fault = faultOfName(name, taken);
  return (
    <Window title={`Rename ${step}`} onClose={onClose}>
      <form
        className="b-form"
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (fault) return;
          onClose();
          commands.rename(step, name);
          onDone(name);
        }}
      >
        <label className="b-field">
          <span>Name</span>
          <input
            autoFocus
            value={name}
            spellCheck={false}
            autoComplete="off"
            aria-invalid={isTried && fault !== null}
            aria-describedby="rename-help"
            onChange={(event) => setName(event.target.value)}
          />
          <small id="rename-help" className={isTried && fault ? "b-fault" : "soft"}>
            {isTried && fault ? fault : "Every exit and expression that names it is changed too."}
          </small>
        </label>
        <div className="actions">
          <button type="submit" className="button primary">
            Rename
          </button>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Window>
  );
}
