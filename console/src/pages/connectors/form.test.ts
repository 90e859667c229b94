import { expect, it } from "vitest";

import { firstSettings, membersOf, readSettings } from "./form";
import type { Connection, ConnectionType } from "./queries";

const TYPE: ConnectionType = {
  type: "incode",
  title: "Incode",
  use: "identity",
  abilities: [],
  settings_schema: {
    properties: {
      passing: { type: "array", items: { enum: ["OK", "MANUAL_OK"], type: "string" }, default: ["OK"], title: "Passing results" },
      api_url: { type: "string", title: "API URL", description: "Base URL" },
      deadline_seconds: { type: "integer", default: 600, title: "Deadline" },
    },
    required: ["api_url"],
  },
  secrets_schema: {},
  secrets: [],
};

it("asks first for what must be given", () => {
  expect(membersOf(TYPE).map((member) => member.name)).toEqual(["api_url", "passing", "deadline_seconds"]);
});

it("begins with the defaults, and later with what is saved", () => {
  expect(firstSettings(TYPE, undefined)).toEqual({ api_url: "", passing: ["OK"], deadline_seconds: "600" });
  const saved = { settings: { api_url: "https://a.example", passing: ["OK", "MANUAL_OK"], deadline_seconds: 60 } };
  expect(firstSettings(TYPE, saved as unknown as Connection)).toEqual({
    api_url: "https://a.example",
    passing: ["OK", "MANUAL_OK"],
    deadline_seconds: "60",
  });
});

it("reads what was typed, and says at which member something is wrong", () => {
  const typed = { api_url: " https://a.example ", passing: ["OK"], deadline_seconds: "soon" };
  expect(readSettings(membersOf(TYPE), typed)).toEqual({
    settings: { api_url: "https://a.example", passing: ["OK"] },
    faults: { "/settings/deadline_seconds": "Type a whole number." },
  });
  expect(readSettings(membersOf(TYPE), {}).faults["/settings/api_url"]).toBe("API URL must be given.");
});
