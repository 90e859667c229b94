import { API, send } from "../../api/client";
import { readProblem } from "../../api/problems";

export interface RunHead {
  id: string;
  status: string;
  version: number;
  created_at: string;
}

export interface Visit {
  seq: number;
  step: string;
  outcome: string | null;
  seconds: number;
  evidence: string[];
}

export interface Replay {
  status: string;
  visits: Visit[];
}

/** The latest runs of a flow, newest first. */
export async function readRuns(flowId: string): Promise<RunHead[]> {
  const body = (await read(`/runs?${new URLSearchParams({ flow_id: flowId, limit: "20" }).toString()}`)) as { items?: RunHead[] };
  return body.items ?? [];
}

/** A run laid over its flow, with everything that people typed left out. */
export async function readReplay(run: string): Promise<Replay> {
  const body = (await read(`/runs/${encodeURIComponent(run)}`)) as Partial<Replay>;
  return { status: body.status ?? "", visits: body.visits ?? [] };
}

async function read(path: string): Promise<unknown> {
  const response = await send(new Request(`${location.origin}${API}${path}`, { headers: { "X-IDP-Console": "1" } }));
  if (!response.ok) throw await readProblem(response);
  return response.json();
}
