import { setHead } from "../model/settings";
import { SelectField, TextField } from "../parts/TextField";
import type { Commands } from "../state/commands";
import { useBuilder, useBuilderState, useCheck } from "../state/context";
import { Groups } from "./Looks";

const PURPOSES = [
  { value: "sign_in", title: "Sign in" },
  { value: "sign_up", title: "Sign up" },
  { value: "step_up", title: "Step up: confirm who it is" },
  { value: "recovery", title: "Recovery: get back into an account" },
];

/** The properties of the flow as a whole. */
export function FlowSettings({ commands, disabled }: { readonly commands: Commands; readonly disabled: boolean }) {
  const { store } = useBuilder();
  const check = useCheck();
  const head = useBuilderState((state) => state.graph.head);
  const steps = useBuilderState((state) => state.graph.steps);
  const set = (key: string, value: string | string[]) => store.getState().edit((doc) => setHead(doc, key, value));
  const list = (text: string) => text.split(",").map((part) => part.trim()).filter(Boolean);
  const faultAt = (pointer: string) => check?.problems.find((problem) => problem.pointer === pointer)?.message;
  return (
    <section className="b-panel" aria-label="Properties of the flow" tabIndex={disabled ? 0 : undefined}>
      <h2>Flow</h2>
      <TextField label="Title" value={head.title} disabled={disabled} fault={faultAt("/title")} onCommit={(text) => set("title", text)} />
      <SelectField
        label="What it is for"
        value={head.purpose}
        disabled={disabled}
        options={PURPOSES}
        help="Says what every way through it must prove. A published flow keeps its purpose."
        fault={faultAt("/purpose")}
        onChange={(value) => set("purpose", value)}
      />
      <SelectField
        label="First step"
        value={head.start}
        disabled={disabled}
        options={[...steps.keys()].map((name) => ({ value: name, title: name }))}
        fault={faultAt("/start")}
        onChange={(value) => set("start", value)}
      />
      <TextField
        label="Time for a run"
        help="Such as 90s, 15m, 1h or 2d; at most 30d."
        value={head.deadline}
        disabled={disabled}
        fault={faultAt("/deadline")}
        onCommit={(text) => set("deadline", text)}
      />
      <TextField
        label="More that every way must prove"
        help="Such as second_factor; separate several with commas."
        value={head.demands.join(", ")}
        disabled={disabled}
        fault={faultAt("/demands")}
        onCommit={(text) => set("demands", list(text))}
      />
      <TextField
        label="Levels that it reaches"
        help="acr values, such as urn:idp:acr:2fa. Every way through must earn one of them."
        value={head.levels.join(", ")}
        disabled={disabled}
        fault={faultAt("/levels")}
        onCommit={(text) => set("levels", list(text))}
      />
      <Groups commands={commands} disabled={disabled} />
      {check && check.levels.length > 0 && (
        <section className="b-known">
          <h3>Levels</h3>
          <ul className="small">
            {check.levels.map((level) => (
              <li key={level.acr}>
                <span className={level.reached ? "chip good" : "chip bad"}>{level.acr}</span>{" "}
                {level.reached ? "earned on every way" : "not earned on every way"}
              </li>
            ))}
          </ul>
        </section>
      )}
    </section>
  );
}
