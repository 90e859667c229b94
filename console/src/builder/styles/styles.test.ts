import { describe, expect, it } from "vitest";

const SHEETS = import.meta.glob<string>(["./*.css", "../../styles/*.css"], { query: "?raw", import: "default", eager: true });

describe("style sheets", () => {
  it("do not ask what is inside, for then every key that is typed would style every step anew", () => {
    expect(Object.keys(SHEETS).length).toBeGreaterThan(8);
    const asking = Object.entries(SHEETS).filter(([, sheet]) => sheet.replace(/\/\*.*?\*\//gs, "").includes(":has("));
    expect(asking.map(([name]) => name)).toEqual([]);
  });
});
