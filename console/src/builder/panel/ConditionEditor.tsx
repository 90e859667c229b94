import { lazy, Suspense, useState } from "react";

import { caseName, OTHERWISE, type Step } from "../model/graph";
import { parseRules, writeRules } from "../model/rules";
import { addCase, moveCase, removeCase, setProves, setWhen } from "../model/settings";
import { SignGlyph } from "../parts/Glyph";
import { SelectField } from "../parts/TextField";
import { useBuilder, useCheck } from "../state/context";
import { listProving } from "./connections";
import { RuleEditor } from "./RuleEditor";
import { TargetButton } from "./TargetButton";

const ExpressionEditor = lazy(async () => ({ default: (await import("./ExpressionEditor")).ExpressionEditor }));

/** The cases of a condition, in the order in which they are tried, and where it leads otherwise. */
export function ConditionEditor({ step, disabled }: { readonly step: Step; readonly disabled: boolean }) {
  const { store } = useBuilder();
  return (
    <div className="b-cases">
      <p className="small soft">The first case that holds is taken.</p>
      <ol>
        {step.cases.map((_, index) => (
          <CaseEditor key={index} step={step} index={index} disabled={disabled} />
        ))}
      </ol>
      <button
        type="button"
        className="button b-small"
        disabled={disabled}
        onClick={() => store.getState().edit((doc) => addCase(doc, step.id), `Case ${step.cases.length + 1} added.`)}
      >
        <SignGlyph sign="plus" size={15} /> Add a case
      </button>
      <div className="b-case-foot">
        <span>Otherwise</span>
        <TargetButton exit={{ step: step.id, outcome: OTHERWISE }} target={step.exits.at(-1)?.target ?? null} disabled={disabled} />
      </div>
      <p className="small soft">Otherwise is taken when nothing is known. It never proves anything.</p>
    </div>
  );
}

function CaseEditor({ step, index, disabled }: { readonly step: Step; readonly index: number; readonly disabled: boolean }) {
  const { store, catalogue, variables } = useBuilder();
  const check = useCheck();
  const [wantsText, setWantsText] = useState(false);
  const one = step.cases[index];
  if (!one) return null;
  const rules = parseRules(one.when);
  const isText = wantsText || rules === null;
  const pointer = `/steps/${step.id}/condition/${index}`;
  const problems = (check?.problems ?? []).filter((problem) => problem.pointer.startsWith(pointer));
  const edit = store.getState().edit;
  const write = (when: string) => edit((doc) => setWhen(doc, step.id, index, when));
  const name = `Case ${index + 1}`;
  return (
    <li className="b-case" aria-label={name}>
      <div className="b-case-head">
        <strong>{name}</strong>
        <button
          type="button"
          className="button quiet b-icon"
          disabled={disabled || index === 0}
          aria-label={`Move ${name} up`}
          onClick={() => edit((doc) => moveCase(doc, step.id, index, index - 1), `${name} is now case ${index}.`)}
        >
          <SignGlyph sign="up" size={15} />
        </button>
        <button
          type="button"
          className="button quiet b-icon"
          disabled={disabled || index === step.cases.length - 1}
          aria-label={`Move ${name} down`}
          onClick={() => edit((doc) => moveCase(doc, step.id, index, index + 1), `${name} is now case ${index + 2}.`)}
        >
          <SignGlyph sign="down" size={15} />
        </button>
        <button
          type="button"
          className="button quiet b-icon"
          disabled={disabled}
          aria-label={`Delete ${name}`}
          onClick={() => edit((doc) => removeCase(doc, step.id, index), `${name} deleted.`)}
        >
          <SignGlyph sign="trash" size={15} />
        </button>
      </div>
      <div className="b-switch" role="group" aria-label={`How ${name} is shown`}>
        <button type="button" aria-pressed={!isText} disabled={rules === null} onClick={() => setWantsText(false)}>
          Rules
        </button>
        <button type="button" aria-pressed={isText} onClick={() => setWantsText(true)}>
          Text
        </button>
      </div>
      {rules === null && one.when !== "" && (
        <p className="small soft">This says more than rules can. It is edited as text.</p>
      )}
      {rules === null || wantsText ? (
        <Suspense fallback={<textarea className="mono" readOnly value={one.when} aria-label={`Expression of ${name}`} />}>
          <ExpressionEditor
            label={`Expression of ${name}`}
            value={one.when}
            variables={variables}
            problems={problems}
            readOnly={disabled}
            onCommit={write}
          />
        </Suspense>
      ) : (
        <RuleEditor rules={rules} variables={variables} disabled={disabled} onChange={(next) => write(writeRules(next))} />
      )}
      {problems.map((problem) => (
        <p key={problem.code + problem.message} className="b-fault small" role="note">
          {problem.message}
        </p>
      ))}
      <SelectField
        label="This is proof of identity by"
        value={one.proves ?? ""}
        disabled={disabled}
        options={[{ value: "", title: "nothing: it only decides the way" }, ...listProving(catalogue)]}
        help={one.proves === null ? undefined : "Taken only if the server fetched the result, it is fresh, and its person is the account's owner."}
        onChange={(connection) => edit((doc) => setProves(doc, step.id, index, connection === "" ? null : connection))}
      />
      <div className="b-case-foot">
        <span>Then</span>
        <TargetButton exit={{ step: step.id, outcome: caseName(index) }} target={one.to} disabled={disabled} />
      </div>
    </li>
  );
}
