import { useId, useState } from "react";

import type { Variable } from "../data/shapes";
import { type Literal, type Operator, OPERATORS, type Rule, type Rules } from "../model/rules";
import { SignGlyph } from "../parts/Glyph";

const WORDS: Record<Operator, string> = {
  "==": "is",
  "!=": "is not",
  in: "is one of",
  "not in": "is none of",
  ">": "is more than",
  ">=": "is at least",
  "<": "is less than",
  "<=": "is at most",
  contains: "contains",
  startsWith: "begins with",
  endsWith: "ends with",
};

interface RuleEditorProps {
  readonly rules: Rules;
  readonly variables: readonly Variable[];
  readonly disabled: boolean;
  readonly onChange: (rules: Rules) => void;
}

/** A condition to point and click at: comparisons that must all hold, or of which one must hold. */
export function RuleEditor({ rules, variables, disabled, onChange }: RuleEditorProps) {
  const listId = useId();
  const put = (index: number, rule: Rule) => {
    onChange({ ...rules, rules: rules.rules.map((old, at) => (at === index ? rule : old)) });
  };
  return (
    <div className="b-rules">
      <datalist id={listId}>
        {variables.map((variable) => (
          <option key={variable.path} value={variable.path}>
            {variable.description}
          </option>
        ))}
      </datalist>
      {rules.rules.length > 1 && (
        <label className="b-join">
          Holds if
          <select
            value={rules.join}
            disabled={disabled}
            onChange={(event) => onChange({ ...rules, join: event.target.value as Rules["join"] })}
          >
            <option value="all">all of these hold</option>
            <option value="any">any of these holds</option>
          </select>
        </label>
      )}
      {rules.rules.map((rule, index) => (
        <RuleRow
          key={index}
          rule={rule}
          number={index + 1}
          listId={listId}
          variable={variables.find((variable) => variable.path === rule.path)}
          disabled={disabled}
          onChange={(next) => put(index, next)}
          onRemove={() => onChange({ ...rules, rules: rules.rules.filter((_, at) => at !== index) })}
        />
      ))}
      <button
        type="button"
        className="button quiet b-small"
        disabled={disabled}
        onClick={() => onChange({ ...rules, rules: [...rules.rules, { path: firstPath(variables), operator: "==", values: [""] }] })}
      >
        <SignGlyph sign="plus" size={15} />
        {rules.rules.length === 0 ? "Add a rule" : "Another rule"}
      </button>
    </div>
  );
}

interface RuleRowProps {
  readonly rule: Rule;
  readonly number: number;
  readonly listId: string;
  readonly variable: Variable | undefined;
  readonly disabled: boolean;
  readonly onChange: (rule: Rule) => void;
  readonly onRemove: () => void;
}

function RuleRow({ rule, number, listId, variable, disabled, onChange, onRemove }: RuleRowProps) {
  const [path, setPath] = useState(rule.path);
  const [seen, setSeen] = useState(rule.path);
  if (seen !== rule.path) {
    setSeen(rule.path);
    setPath(rule.path);
  }
  const isList = rule.operator === "in" || rule.operator === "not in";
  return (
    <fieldset className="b-rule" disabled={disabled}>
      <legend className="hidden">Rule {number}</legend>
      <input
        aria-label="What is looked at"
        className="mono"
        list={listId}
        value={path}
        spellCheck={false}
        onChange={(event) => setPath(event.target.value)}
        onBlur={() => PATH.test(path) && path !== rule.path && onChange({ ...rule, path })}
        aria-invalid={!PATH.test(path)}
      />
      {variable && <small className="soft">{variable.description}</small>}
      <div className="b-rule-line">
        <select
          aria-label="How it is compared"
          value={rule.operator}
          onChange={(event) => onChange(changeOperator(rule, event.target.value as Operator))}
        >
          {OPERATORS.map((operator) => (
            <option key={operator} value={operator}>
              {WORDS[operator]}
            </option>
          ))}
        </select>
        {!isList && <OneValue rule={rule} variable={variable} onChange={onChange} />}
        <button type="button" className="button quiet b-icon" aria-label={`Remove rule ${number}`} onClick={onRemove}>
          <SignGlyph sign="close" size={15} />
        </button>
      </div>
      {isList && <ManyValues rule={rule} variable={variable} onChange={onChange} />}
    </fieldset>
  );
}

const PATH = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*|\["[^"\\]*"\])*$/;

interface ValueProps {
  readonly rule: Rule;
  readonly variable: Variable | undefined;
  readonly onChange: (rule: Rule) => void;
}

function OneValue({ rule, variable, onChange }: ValueProps) {
  const value = rule.values[0] === undefined ? "" : rule.values[0];
  if (variable?.type === "bool" || typeof value === "boolean") {
    return (
      <select
        aria-label="With what"
        value={String(value)}
        onChange={(event) => onChange({ ...rule, values: [event.target.value === "true"] })}
      >
        {typeof value !== "boolean" && <option value={String(value)}>Choose …</option>}
        <option value="true">true</option>
        <option value="false">false</option>
      </select>
    );
  }
  if (variable?.values && variable.values.length > 0 && typeof value === "string") {
    const known = variable.values.includes(value);
    return (
      <select aria-label="With what" value={value} onChange={(event) => onChange({ ...rule, values: [event.target.value] })}>
        {!known && <option value={value}>{value === "" ? "Choose …" : value}</option>}
        {variable.values.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    );
  }
  return (
    <input
      key={String(value)}
      aria-label="With what"
      defaultValue={String(value)}
      spellCheck={false}
      onBlur={(event) => {
        const next = readLiteral(event.target.value, variable, value);
        if (next !== value) onChange({ ...rule, values: [next] });
      }}
    />
  );
}

function ManyValues({ rule, variable, onChange }: ValueProps) {
  const [added, setAdded] = useState("");
  const known: Literal[] = [...(variable?.values ?? [])];
  const all = [...known, ...rule.values.filter((value) => !known.includes(value))];
  const toggle = (value: Literal) => {
    const values = rule.values.includes(value) ? rule.values.filter((one) => one !== value) : [...rule.values, value];
    if (values.length > 0) onChange({ ...rule, values });
  };
  const add = () => {
    if (added.trim() === "") return;
    const value = readLiteral(added.trim(), variable, "");
    if (!rule.values.includes(value)) onChange({ ...rule, values: [...rule.values.filter((one) => one !== ""), value] });
    setAdded("");
  };
  return (
    <div className="b-values" role="group" aria-label="Values">
      {all.map((value) => (
        <button
          key={`${typeof value} ${String(value)}`}
          type="button"
          className="b-value"
          aria-pressed={rule.values.includes(value)}
          onClick={() => toggle(value)}
        >
          {value === "" ? "(empty)" : String(value)}
        </button>
      ))}
      <input
        aria-label="Another value"
        placeholder="Another …"
        value={added}
        spellCheck={false}
        onChange={(event) => setAdded(event.target.value)}
        onBlur={add}
        onKeyDown={(event) => event.key === "Enter" && add()}
      />
    </div>
  );
}

function changeOperator(rule: Rule, operator: Operator): Rule {
  const isList = operator === "in" || operator === "not in";
  const first = rule.values[0] === undefined ? "" : rule.values[0];
  if (isList) return { ...rule, operator };
  const isText = operator === "contains" || operator === "startsWith" || operator === "endsWith";
  return { ...rule, operator, values: [isText ? String(first) : first] };
}

/** Reads a value as the variable wants it; where that is not known, as it was before. */
function readLiteral(text: string, variable: Variable | undefined, before: Literal): Literal {
  const wantsNumber = variable?.type === "number" || (variable === undefined && typeof before === "number");
  if (wantsNumber && text.trim() !== "" && Number.isFinite(Number(text))) return Number(text);
  const isFree = variable === undefined || variable.type === "any";
  if (isFree && (text === "true" || text === "false")) return text === "true";
  return isFree && text === "null" ? null : text;
}

function firstPath(variables: readonly Variable[]): string {
  const verdict = variables.find((variable) => variable.path.endsWith("score.overall.status"));
  return (verdict ?? variables[0])?.path ?? "user.known";
}
