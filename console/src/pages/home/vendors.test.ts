import { expect, it } from "vitest";

import type { Connection } from "../connectors/queries";
import { vendorRows } from "./vendors";

const VENDOR = { connection: "incode_verify", completed: 4, pending: 0, expired: 1, errors: 0, passed: 3 };
const health = (state: string) => ({ state, breaker: null, last_day: [] }) as unknown as Connection["health"];

it("says how a connection does beside how it fared", () => {
  const [row] = vendorRows([VENDOR], [{ name: "incode_verify", health: health("ok") }]);
  expect(row).toMatchObject({ completed: 4, health: { tone: "good", words: "Working" } });
});

it("shows a connection that fails, though nobody got through it", () => {
  const rows = vendorRows([VENDOR], [
    { name: "risk", health: health("failing") },
    { name: "mail", health: health("unknown") },
  ]);
  expect(rows.map((row) => [row.connection, row.health?.words])).toEqual([
    ["risk", "Failing"],
    ["incode_verify", undefined],
  ]);
});
