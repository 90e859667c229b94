import { answer, client } from "../../api/client";
import { queries } from "../../api/queries";
import type { components } from "../../api/schema.gen";

export type Session = components["schemas"]["Session"];

export function readSessions(cursor: string | undefined) {
  return answer(client.GET("/sessions", { params: { query: cursor === undefined ? {} : { cursor } } }));
}

/** Sign somebody out in one browser, with everything that lives by that session. */
export async function endSession(session_id: string): Promise<void> {
  await answer(client.DELETE("/sessions/{session_id}", { params: { path: { session_id } } }));
  await Promise.all([queries.invalidateQueries({ queryKey: ["sessions"] }), queries.invalidateQueries({ queryKey: ["users"] })]);
}
