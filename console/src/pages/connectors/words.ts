import type { Tone } from "../../parts/Chip";
import { runsPath } from "../runs/address";
import type { Connection } from "./queries";

/** What each type is for, in a sentence. A type of somebody else's has its title alone. */
const SUMMARIES: Readonly<Record<string, string>> = {
  incode: "Checks a government document and a live face, and says whose they are. A step-up or recovery can prove a person with it.",
  http: "Asks a service of yours during a flow: a risk score, a fraud check, a lookup. Its answer decides where the flow goes on.",
  breached_passwords: "Refuses new passwords that are on lists of leaked ones. Only five characters of a digest leave.",
  smtp: "Sends mail through a server of yours.",
  sms_gateway: "Sends text messages through Twilio, or a gateway with the same API. A phone can then be a second factor.",
  sms_mailbox: "Turns text messages into mails, for trying things out.",
};

const ICONS: Readonly<Record<string, string>> = {
  incode: "identity",
  http: "http",
  breached_passwords: "leak",
  smtp: "mail",
  sms_gateway: "phone",
  sms_mailbox: "phone",
};

export function summaryOf(type: string): string {
  return SUMMARIES[type] ?? "An installed connector.";
}

export function iconOf(type: string): string {
  return ICONS[type] ?? "connectors";
}

/** One thing that uses a connection, and where it is, if it has a page. */
export type Use = { readonly words: string; readonly to?: string };

const UNNAMED: Readonly<Record<string, string>> = {
  text_codes: "Codes to phones",
  new_passwords: "New passwords on the account pages",
};

/** What uses a connection: live flows by their names, and whatever else there is. */
export function usesOf({ used_by, other_uses }: Pick<Connection, "used_by" | "other_uses">): readonly Use[] {
  const flowPath = (flow: string) => `/flows/${encodeURIComponent(flow)}`;
  return [
    ...used_by.map((flow) => ({ words: flow, to: flowPath(flow) })),
    ...other_uses.unnamed.map((what) => ({ words: UNNAMED[what] ?? what })),
    ...other_uses.running.map(({ flow, version, people }) => ({
      words: `${flow}, version ${version}: ${people === 1 ? "1 person" : `${people} people`} under way`,
      to: runsPath({ flow, status: "active" }),
    })),
    ...other_uses.drafts.map(({ flow, draft }) => ({ words: `A draft of ${flow}${draft === "main" ? "" : ` (${draft})`}`, to: flowPath(flow) })),
  ];
}

/** How a connection does, as a tone and words. */
export function healthOf({ health }: Pick<Connection, "health">): { tone: Tone; words: string } {
  if (health.breaker !== null && health.breaker.state !== "closed") {
    return { tone: "bad", words: health.breaker.state === "open" ? "Paused after failures" : "Being tried again" };
  }
  if (health.state === "failing") return { tone: "bad", words: "Failing" };
  return health.state === "ok" ? { tone: "good", words: "Working" } : { tone: "", words: "Not known yet" };
}
