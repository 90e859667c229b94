import { answer, client } from "../../api/client";
import { queries } from "../../api/queries";
import type { components } from "../../api/schema.gen";
import type { Tone } from "../../parts/Chip";

export type Invitation = components["schemas"]["SentInvitation"];

/** The languages that mails are written in. */
export const LOCALES: Readonly<Record<string, string>> = { en: "English", de: "German", es: "Spanish", ar: "Arabic" };

export const STATES: Readonly<Record<Invitation["state"], { readonly tone: Tone; readonly words: string }>> = {
  open: { tone: "warn", words: "Waits for an answer" },
  accepted: { tone: "good", words: "Accepted" },
  revoked: { tone: "bad", words: "Revoked" },
  expired: { tone: "", words: "Expired" },
  superseded: { tone: "", words: "Has an account already" },
};

export function readInvitations(all: boolean, cursor: string | undefined) {
  return answer(client.GET("/invitations", { params: { query: { state: all ? "all" : "open", ...(cursor !== undefined && { cursor }) } } }));
}

export async function sendInvitation(email: string, locale: string): Promise<void> {
  await answer(client.POST("/invitations", { body: { email, locale } }));
  await queries.invalidateQueries({ queryKey: ["invitations"] });
}

/** Take one back. What became of it meanwhile is read anew, also where it was too late. */
export async function revokeInvitation(id: string, reason: string): Promise<void> {
  try {
    await answer(client.POST("/invitations/{invitation}/revoke", { params: { path: { invitation: id } }, body: { reason } }));
  } finally {
    await queries.invalidateQueries({ queryKey: ["invitations"] });
  }
}

/** Who invited, without the word before the name. */
export function sayInviter(by: string | null): string {
  return by === null ? "somebody" : by.replace(/^operator:/, "");
}
