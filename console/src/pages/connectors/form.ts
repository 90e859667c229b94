import { firstTyped, type Typed } from "../../parts/schema/SchemaField";
import { formatValue, readValue, type Schema, type Shape, shapeOf } from "../../parts/schema/shape";
import type { Connection, ConnectionType } from "./queries";

export type Member = {
  readonly name: string;
  readonly title: string;
  readonly hint: string | undefined;
  readonly required: boolean;
  readonly shape: Shape;
};

/** The settings of a type in the order of its schema, what must be given first. */
export function membersOf(type: ConnectionType): Member[] {
  const schema = type.settings_schema as Schema;
  const members = Object.entries(schema.properties ?? {}).map(([name, one]) => ({
    name,
    title: one.title ?? name,
    hint: one.description,
    required: schema.required?.includes(name) ?? false,
    shape: shapeOf(one),
  }));
  return [...members.filter((one) => one.required), ...members.filter((one) => !one.required)];
}

/** What the form shows first: what is saved, or the defaults. */
export function firstSettings(type: ConnectionType, saved: Connection | undefined): Record<string, Typed> {
  const schema = type.settings_schema as Schema;
  return Object.fromEntries(
    membersOf(type).map(({ name, shape }) => {
      const value = saved === undefined ? schema.properties?.[name]?.default : saved.settings[name];
      return [name, firstTyped(shape, value)];
    }),
  );
}

export type ReadSettings = {
  readonly settings: Record<string, unknown>;
  /** What cannot be read, by JSON pointer. */
  readonly faults: Record<string, string>;
};

/** Read the settings out of what was typed. */
export function readSettings(members: readonly Member[], typed: Readonly<Record<string, Typed>>): ReadSettings {
  const settings: Record<string, unknown> = {};
  const faults: Record<string, string> = {};
  for (const { name, title, required, shape } of members) {
    const given = typed[name] ?? "";
    const read = typeof given === "string" ? readValue(shape, given) : { value: given };
    if ("fault" in read) faults[`/settings/${name}`] = read.fault;
    else if (read.value !== undefined) settings[name] = read.value;
    else if (required) faults[`/settings/${name}`] = `${title} must be given.`;
  }
  return { settings, faults };
}

/** A connection as people read it, for two versions of it side by side. Its secrets are never among what is shown. */
export function sayConnection(members: readonly Member[], one: Pick<Connection, "description" | "settings">): Record<string, string> {
  const parts = members.map(({ name, title, shape }): [string, string] => [title, sayValue(shape, one.settings[name])]);
  return { Description: one.description, ...Object.fromEntries(parts) };
}

function sayValue(shape: Shape, value: unknown): string {
  if (typeof value === "boolean") return value ? "Yes" : "No";
  return Array.isArray(value) ? value.join("\n") : formatValue(shape, value);
}
