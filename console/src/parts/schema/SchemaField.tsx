import { Field } from "../Field";
import { formatValue, type Shape } from "./shape";

/** What somebody typed into a control, or chose. */
export type Typed = string | boolean | readonly string[];

type SchemaFieldProps = {
  readonly shape: Shape;
  readonly title: string;
  readonly hint?: string | undefined;
  readonly required: boolean;
  readonly fault?: string | undefined;
  readonly typed: Typed;
  readonly onType: (typed: Typed) => void;
};

/** The control for one member of a JSON Schema, with the schema's own title and description. */
export function SchemaField({ shape, title, hint, required, fault, typed, onType }: SchemaFieldProps) {
  if (shape.kind === "flag") {
    return (
      <Field label={title} hint={hint} fault={fault}>
        {(wiring) => (
          <input {...wiring} type="checkbox" className="tick" checked={typed === true} onChange={(event) => onType(event.target.checked)} />
        )}
      </Field>
    );
  }
  if (shape.kind === "several") return <Several shape={shape} title={title} hint={hint} fault={fault} typed={typed} onType={onType} />;
  const text = typeof typed === "string" ? typed : "";
  return (
    <Field label={title} hint={hint} fault={fault} optional={!required}>
      {(wiring) => {
        if (shape.kind === "pick") {
          return (
            <select {...wiring} value={text} onChange={(event) => onType(event.target.value)}>
              {!required && <option value="">–</option>}
              {shape.words.map((word) => (
                <option key={word}>{word}</option>
              ))}
            </select>
          );
        }
        if (shape.kind === "lines" || shape.kind === "json") {
          const rows = Math.min(12, Math.max(3, text.split("\n").length));
          return (
            <textarea {...wiring} className="mono" rows={rows} spellCheck={false} value={text} onChange={(event) => onType(event.target.value)} />
          );
        }
        return (
          <input
            {...wiring}
            inputMode={shape.kind === "number" ? "decimal" : undefined}
            autoComplete="off"
            spellCheck={false}
            required={required}
            maxLength={shape.schema.maxLength}
            value={text}
            onChange={(event) => onType(event.target.value)}
          />
        );
      }}
    </Field>
  );
}

function Several({ shape, title, hint, fault, typed, onType }: Omit<SchemaFieldProps, "required">) {
  const chosen = Array.isArray(typed) ? (typed as readonly string[]) : [];
  return (
    <fieldset className="field">
      <legend className="legend">{title}</legend>
      {hint !== undefined && <p className="field-hint">{hint}</p>}
      {fault !== undefined && <p className="field-fault">{fault}</p>}
      {shape.words.map((word) => (
        <label key={word} className="check">
          <input
            type="checkbox"
            checked={chosen.includes(word)}
            onChange={(event) => onType(event.target.checked ? [...chosen, word] : chosen.filter((other) => other !== word))}
          />
          <code>{word}</code>
        </label>
      ))}
    </fieldset>
  );
}

/** What a control begins with: the value there is, else the schema's default. */
export function firstTyped(shape: Shape, value: unknown): Typed {
  if (shape.kind === "flag") return value === true;
  if (shape.kind === "several") return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
  return formatValue(shape, value);
}
