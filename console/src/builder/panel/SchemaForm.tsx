import type { Choices } from "./connections";
import { faultOf, type FieldSchema, kindOf, readTyped, titleOfField } from "./schema";
import { SelectField, TextField } from "../parts/TextField";

interface SchemaFormProps {
  readonly schema: FieldSchema;
  readonly value: Readonly<Record<string, unknown>>;
  readonly path?: readonly string[];
  readonly disabled: boolean;
  readonly connections: Choices;
  readonly onChange: (path: string[], value: unknown) => void;
}

/** A form for whatever the server's schema says: a field with its help for each option, in the order of the schema. */
export function SchemaForm({ schema, value, path = [], disabled, connections, onChange }: SchemaFormProps) {
  return (
    <>
      {Object.entries(schema.properties ?? {}).map(([name, field]) => (
        <SchemaField
          key={name}
          name={name}
          schema={field}
          value={value[name]}
          isRequired={schema.required?.includes(name) ?? false}
          path={[...path, name]}
          disabled={disabled}
          connections={connections}
          onChange={onChange}
        />
      ))}
    </>
  );
}

interface SchemaFieldProps extends Omit<SchemaFormProps, "value" | "path"> {
  readonly name: string;
  readonly value: unknown;
  readonly isRequired: boolean;
  readonly path: string[];
}

function SchemaField({ name, schema, value, isRequired, path, disabled, connections, onChange }: SchemaFieldProps) {
  const label = titleOfField(name, schema);
  const kind = kindOf(schema);
  const help = schema.description;
  const fault = faultOf(schema, value, isRequired);
  if (kind === "yesno") {
    const isOn = value === undefined ? schema.default === true : value === true;
    return (
      <label className="b-check">
        <input
          type="checkbox"
          checked={isOn}
          disabled={disabled}
          onChange={(event) => onChange(path, event.target.checked === (schema.default === true) ? undefined : event.target.checked)}
        />
        <span>
          {label}
          {help && <small className="soft">{help}</small>}
        </span>
      </label>
    );
  }
  if (kind === "choice" || kind === "connection") {
    const named = kind === "connection" ? connections(schema["x-idp-connection"] ?? "") : listChoices(schema);
    const none = schema.default === undefined ? (isRequired ? "Choose …" : "None") : `${writeValue(schema.default)} (unless said otherwise)`;
    return (
      <SelectField
        label={label}
        value={typeof value === "string" || typeof value === "number" ? String(value) : ""}
        options={[{ value: "", title: none }, ...named]}
        help={help}
        fault={fault}
        disabled={disabled}
        onChange={(text) => onChange(path, readTyped(schema, text))}
      />
    );
  }
  if (kind === "group") {
    const group = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
    if (Object.keys(schema.properties ?? {}).length === 0) return null;
    return (
      <fieldset className="b-group">
        <legend>{label}</legend>
        {help && <small className="soft">{help}</small>}
        <SchemaForm schema={schema} value={group} path={path} disabled={disabled} connections={connections} onChange={onChange} />
      </fieldset>
    );
  }
  if (kind === "other") {
    return (
      <p className="small soft">
        <strong>{label}</strong>: {help ?? "Edit it in the text beside the drawing."}
      </p>
    );
  }
  return (
    <TextField
      label={label}
      value={Array.isArray(value) ? value.join(", ") : writeValue(value)}
      help={help}
      fault={fault}
      disabled={disabled}
      required={isRequired}
      placeholder={schema.default === undefined ? writeValue(schema.examples?.[0]) : writeValue(schema.default)}
      onCommit={(text) => onChange(path, readTyped(schema, text))}
    />
  );
}

function listChoices(schema: FieldSchema) {
  return (schema.enum ?? []).map((one) => ({ value: String(one), title: String(one) }));
}

function writeValue(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}
