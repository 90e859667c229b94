import { answer, client } from "../../api/client";
import { Problem } from "../../api/problems";
import type { ConnectionTested } from "./shapes";

export type Tested = Pick<ConnectionTested, "ok" | "checks"> & { readonly message: string };

/** Has the server try a connection. Nothing is changed by it. */
export async function testConnection(connection: string): Promise<Tested> {
  try {
    const tested = await answer(client.POST("/connections/{connection}/test", { params: { path: { connection } } }));
    return { ...tested, message: "" };
  } catch (error) {
    if (error instanceof Problem) return { ok: false, message: error.message, checks: [] };
    throw error;
  }
}
