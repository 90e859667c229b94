import { answer, client } from "../../api/client";
import type { components } from "../../api/schema.gen";

export type RunHead = components["schemas"]["RunSummary"];
export type Replay = components["schemas"]["Run"];

/** The latest runs of a flow, newest first. */
export async function readRuns(flow: string): Promise<readonly RunHead[]> {
  return (await answer(client.GET("/runs", { params: { query: { flow, limit: 20 } } }))).items;
}

/** A run laid over its flow, with everything that people typed left out. */
export function readReplay(run_id: string): Promise<Replay> {
  return answer(client.GET("/runs/{run_id}", { params: { path: { run_id } } }));
}
