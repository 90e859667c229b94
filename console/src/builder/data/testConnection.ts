import { API, send } from "../../api/client";
import { Problem, readProblem } from "../../api/problems";

export interface Tested {
  ok: boolean;
  message: string;
  checks: { name: string; ok: boolean; what: string; what_to_do: string }[];
}

/** Has the server try a connection. Nothing is changed by it. */
export async function testConnection(name: string): Promise<Tested> {
  const address = `${location.origin}${API}/connections/${encodeURIComponent(name)}/test`;
  try {
    const response = await send(new Request(address, { method: "POST", headers: { "X-IDP-Console": "1" } }));
    if (!response.ok) return { ok: false, message: (await readProblem(response)).message, checks: [] };
    const body = (await response.json()) as Partial<Tested>;
    return { ok: body.ok === true, message: "", checks: body.checks ?? [] };
  } catch (error) {
    if (error instanceof Problem) return { ok: false, message: error.message, checks: [] };
    throw error;
  }
}
