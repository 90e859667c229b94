import { expect, it } from "vitest";

import { formatValue, readValue, type Schema, shapeOf } from "./shape";

const MAYBE: Schema = { anyOf: [{ type: "string" }, { type: "null" }] };

it.each<[Schema, string]>([
  [{ type: "string" }, "text"],
  [MAYBE, "text"],
  [{ type: "integer" }, "number"],
  [{ type: "boolean" }, "flag"],
  [{ enum: ["a", "b"] }, "pick"],
  [{ type: "array", items: { type: "string" } }, "lines"],
  [{ type: "array", items: { enum: ["OK", "MANUAL_OK"], type: "string" } }, "several"],
  [{ type: "array", items: { const: "face", type: "string" } }, "several"],
  [{ type: "object" }, "json"],
  [{ anyOf: [{ type: "string" }, { type: "integer" }] }, "json"],
])("gives %j a control", (schema, kind) => {
  expect(shapeOf(schema).kind).toBe(kind);
});

it("leaves out what is empty, and says null where that is allowed", () => {
  expect(readValue(shapeOf({ type: "string" }), " ")).toEqual({ value: undefined });
  expect(readValue(shapeOf(MAYBE), "")).toEqual({ value: null });
});

it("reads numbers, and says what is none", () => {
  expect(readValue(shapeOf({ type: "integer" }), "600")).toEqual({ value: 600 });
  expect(readValue(shapeOf({ type: "integer" }), "1.5")).toEqual({ fault: "Type a whole number." });
  expect(readValue(shapeOf({ type: "number" }), "ten")).toEqual({ fault: "Type a number." });
});

it("reads one entry a line", () => {
  expect(readValue(shapeOf({ type: "array", items: { type: "string" } }), "+49\n +43 \n\n")).toEqual({ value: ["+49", "+43"] });
});

it("reads back what it shows", () => {
  const shape = shapeOf({ type: "object" });
  expect(readValue(shape, formatValue(shape, { en: "en-US" }))).toEqual({ value: { en: "en-US" } });
  expect(readValue(shape, "{")).toEqual({ fault: "This is not JSON." });
});
