import { type ReactNode, useEffect, useId, useRef, useState } from "react";

const REST_MS = 600;

interface TextFieldProps {
  readonly label: ReactNode;
  readonly value: string;
  readonly onCommit: (value: string) => void;
  readonly help?: ReactNode;
  readonly fault?: string | null | undefined;
  readonly disabled?: boolean;
  readonly multiline?: boolean;
  readonly type?: "text" | "number";
  readonly placeholder?: string;
  readonly required?: boolean;
  readonly list?: string;
  readonly mono?: boolean;
  readonly hideLabel?: boolean;
}

/** A field whose value is taken over when one leaves it, presses Enter, or rests: one edit, not one a key. */
export function TextField(props: TextFieldProps) {
  const { label, value, onCommit, help, fault, disabled, multiline, type = "text", placeholder, required, list, mono } = props;
  const id = useId();
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    setText(value);
  }
  const pending = useRef<{ text: string; onCommit: (value: string) => void } | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const commit = () => {
    clearTimeout(timer.current);
    const waiting = pending.current;
    pending.current = null;
    if (waiting) waiting.onCommit(waiting.text);
  };
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      const waiting = pending.current;
      if (waiting) waiting.onCommit(waiting.text);
    },
    [],
  );
  const change = (next: string) => {
    setText(next);
    pending.current = { text: next, onCommit };
    clearTimeout(timer.current);
    timer.current = setTimeout(commit, REST_MS);
  };
  const about = [help ? `${id}-help` : "", fault ? `${id}-fault` : ""].filter(Boolean).join(" ") || undefined;
  const shared = {
    id,
    value: text,
    placeholder,
    disabled,
    required,
    className: mono ? "mono" : undefined,
    "aria-invalid": fault ? true : undefined,
    "aria-describedby": about,
    onBlur: commit,
  };
  return (
    <div className="b-field">
      <label htmlFor={id} className={props.hideLabel ? "hidden" : undefined}>
        {label}
        {required && <span className="b-required"> needed</span>}
      </label>
      {multiline ? (
        <textarea {...shared} rows={3} onChange={(event) => change(event.target.value)} />
      ) : (
        <input
          {...shared}
          type={type}
          list={list}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => change(event.target.value)}
          onKeyDown={(event) => event.key === "Enter" && commit()}
        />
      )}
      {help && (
        <small id={`${id}-help`} className="soft">
          {help}
        </small>
      )}
      {fault && (
        <small id={`${id}-fault`} className="b-fault">
          {fault}
        </small>
      )}
    </div>
  );
}

interface SelectFieldProps {
  readonly label: ReactNode;
  readonly value: string;
  readonly options: readonly { value: string; title: string }[];
  readonly onChange: (value: string) => void;
  readonly help?: ReactNode;
  readonly disabled?: boolean;
  readonly hideLabel?: boolean;
  readonly fault?: string | null | undefined;
}

export function SelectField({ label, value, options, onChange, help, disabled, hideLabel, fault }: SelectFieldProps) {
  const id = useId();
  const isKnown = options.some((option) => option.value === value);
  return (
    <div className="b-field">
      <label htmlFor={id} className={hideLabel ? "hidden" : undefined}>
        {label}
      </label>
      <select
        id={id}
        value={value}
        disabled={disabled}
        aria-invalid={fault ? true : undefined}
        aria-describedby={help !== undefined || fault ? `${id}-help` : undefined}
        onChange={(event) => onChange(event.target.value)}
      >
        {!isKnown && <option value={value}>{value === "" ? "Choose …" : `${value} (unknown)`}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.title}
          </option>
        ))}
      </select>
      {(help !== undefined || fault) && (
        <small id={`${id}-help`} className={fault ? "b-fault" : "soft"}>
          {fault ?? help}
        </small>
      )}
    </div>
  );
}
