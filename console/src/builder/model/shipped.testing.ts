import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

// Tests run in the folder `console`.
const FOLDER = join(process.cwd(), "../config/flows");

/** The flows that are shipped, by id, as they stand in their files. */
export const SHIPPED: ReadonlyMap<string, string> = new Map(
  readdirSync(FOLDER)
    .filter((name) => name.endsWith(".yaml") && !name.endsWith(".test.yaml"))
    .map((name) => [name.replace(".yaml", ""), readFileSync(join(FOLDER, name), "utf8")]),
);

export function shipped(id: string): string {
  const text = SHIPPED.get(id);
  if (text === undefined) throw new Error(`There is no flow ${id}.`);
  return text;
}
