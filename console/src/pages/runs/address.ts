import type { operations } from "../../api/schema.gen";
import { PURPOSES } from "../flows/purposes";
import { STATUS_NAMES } from "./words";

type Asked = NonNullable<operations["listRuns"]["parameters"]["query"]>;

/** Which runs are asked for. */
export type Wanted = Omit<Asked, "cursor" | "limit">;

const KNOWN: Readonly<Record<keyof Wanted, readonly string[] | undefined>> = {
  flow: undefined,
  purpose: Object.keys(PURPOSES),
  status: STATUS_NAMES,
  reason: undefined,
  step: undefined,
  user: undefined,
};

/** The address of the runs that are asked for. */
export function runsPath(wanted: Wanted): string {
  return `/runs?${new URLSearchParams(wanted as Record<string, string>).toString()}`;
}

/** Which runs an address asks for; what it says and nobody knows is left out. */
export function readWanted(search: URLSearchParams): Wanted {
  const given = Object.entries(KNOWN).flatMap(([name, known]) => {
    const value = search.get(name) ?? "";
    return value !== "" && (known?.includes(value) ?? true) ? [[name, value]] : [];
  });
  return Object.fromEntries(given) as Wanted;
}
