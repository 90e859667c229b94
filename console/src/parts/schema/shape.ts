/** What control a member of a JSON Schema gets, and how text becomes its value. */

export type Schema = {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
};

/** `pick`: one of a few words. `several`: any of a few words. `lines`: a list, one a line. `json`: anything else. */
export type Kind = "text" | "number" | "flag" | "pick" | "several" | "lines" | "json";

export type Shape = {
  readonly kind: Kind;
  readonly words: readonly string[];
  readonly whole: boolean;
  /** The member may be null, which an empty control stands for. */
  readonly empty: boolean;
  readonly schema: Schema;
};

export function shapeOf(schema: Schema): Shape {
  const kinds = schema.anyOf?.filter((one) => one.type !== "null") ?? [];
  const empty = schema.anyOf?.some((one) => one.type === "null") ?? false;
  const inner = kinds.length === 1 && kinds[0] !== undefined ? kinds[0] : schema;
  const made = (kind: Kind, words: readonly string[] = []): Shape => {
    return { kind, words, whole: inner.type === "integer", empty, schema: inner };
  };
  const words = wordsOf(inner);
  if (words !== undefined) return made("pick", words);
  if (inner.type === "string") return made("text");
  if (inner.type === "integer" || inner.type === "number") return made("number");
  if (inner.type === "boolean") return made("flag");
  if (inner.type === "array" && inner.items?.type === "string") {
    const among = wordsOf(inner.items);
    return among === undefined ? made("lines") : made("several", among);
  }
  return made("json");
}

function wordsOf(schema: Schema): readonly string[] | undefined {
  const words = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  return words?.every((word): word is string => typeof word === "string") === true ? words : undefined;
}

/** What a control shows for a value. Flags and `several` have controls of their own. */
export function formatValue(shape: Shape, value: unknown): string {
  if (value === undefined || value === null) return "";
  if (shape.kind === "lines" && Array.isArray(value)) return value.join("\n");
  if (shape.kind === "json") return JSON.stringify(value, null, 2);
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

export type Read = { readonly value: unknown } | { readonly fault: string };

/** The value that a text stands for; undefined leaves the member out. The server checks it again. */
export function readValue(shape: Shape, text: string): Read {
  const typed = text.trim();
  if (shape.kind === "lines") {
    const lines = typed.split(/[\n,]/).map((line) => line.trim());
    return { value: lines.filter((line) => line !== "") };
  }
  if (typed === "") return { value: shape.empty ? null : undefined };
  if (shape.kind === "number") {
    const number = Number(typed);
    const fits = shape.whole ? Number.isInteger(number) : Number.isFinite(number);
    return fits ? { value: number } : { fault: shape.whole ? "Type a whole number." : "Type a number." };
  }
  if (shape.kind === "json") {
    try {
      return { value: JSON.parse(typed) as unknown };
    } catch {
      return { fault: "This is not JSON." };
    }
  }
  return { value: typed };
}
