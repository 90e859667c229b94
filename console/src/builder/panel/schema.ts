/** The part of JSON Schema that forms are made from. */
export interface FieldSchema {
  type?: string;
  title?: string;
  description?: string;
  enum?: readonly unknown[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  properties?: Readonly<Record<string, FieldSchema>>;
  required?: readonly string[];
  items?: FieldSchema;
  examples?: readonly unknown[];
  /** The ability or type of the connection that the text names. */
  "x-idp-connection"?: string;
}

export type FieldKind = "choice" | "yesno" | "whole" | "number" | "text" | "list" | "group" | "connection" | "other";

/** Says which kind of field a schema is shown as. */
export function kindOf(schema: FieldSchema): FieldKind {
  if (schema["x-idp-connection"] !== undefined) return "connection";
  if (schema.enum) return "choice";
  switch (schema.type) {
    case "boolean":
      return "yesno";
    case "integer":
      return "whole";
    case "number":
      return "number";
    case "string":
      return "text";
    case "array":
      return schema.items?.type === "string" ? "list" : "other";
    case "object":
      return schema.properties ? "group" : "other";
    default:
      return "other";
  }
}

/** Turns what was typed into a value, undefined to take the option away. What is no number stays text, to be mended. */
export function readTyped(schema: FieldSchema, text: string): unknown {
  if (text.trim() === "") return undefined;
  const kind = kindOf(schema);
  if (kind === "whole" || kind === "number") {
    const value = Number(text);
    return Number.isFinite(value) ? value : text;
  }
  if (kind === "list") return text.split(",").map((part) => part.trim()).filter(Boolean);
  if (kind === "choice") return schema.enum?.find((one) => String(one) === text) ?? text;
  return text;
}

/** Says in words what is wrong with a value, or null. The server's checker says the rest. */
export function faultOf(schema: FieldSchema, value: unknown, isRequired: boolean): string | null {
  if (value === undefined || value === "") return isRequired ? "This is needed." : null;
  const kind = kindOf(schema);
  if (kind === "whole" || kind === "number") {
    if (typeof value !== "number") return "Type a number.";
    if (kind === "whole" && !Number.isInteger(value)) return "Type a whole number.";
    if (schema.minimum !== undefined && value < schema.minimum) return `At least ${schema.minimum}.`;
    if (schema.maximum !== undefined && value > schema.maximum) return `At most ${schema.maximum}.`;
  }
  if (typeof value === "string") {
    if (schema.maxLength !== undefined && value.length > schema.maxLength) return `At most ${schema.maxLength} characters.`;
    if (schema.enum && !schema.enum.includes(value)) return `One of: ${schema.enum.join(", ")}.`;
  }
  return null;
}

export function titleOfField(name: string, schema: FieldSchema): string {
  if (schema.title) return schema.title;
  const words = name.replace(/[_-]+/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
