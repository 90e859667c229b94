import "./styles/builder.css";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useParams } from "react-router";

import { me } from "../api/queries";
import { flow as flowQuery, readDraft, stepTypes, variables as variablesQuery, version as versionQuery } from "./data/reading";
import { Catalogue } from "./model/catalogue";
import { Beginning } from "./publish/Beginning";
import { Workbench } from "./Workbench";

const MAIN = "main";

/** One flow: its drawing and everything around it. */
export function FlowPage() {
  const { id = "" } = useParams();
  return <Loader key={id} id={id} />;
}

/** Fetches what the builder needs before anything can be drawn. */
function Loader({ id }: { readonly id: string }) {
  const caller = useQuery(me);
  const types = useQuery(stepTypes);
  const variables = useQuery(variablesQuery);
  const found = useQuery(flowQuery(id));
  const draft = useQuery({ queryKey: ["flows", id, "drafts", MAIN], queryFn: () => readDraft(id, MAIN), staleTime: Infinity, gcTime: 0 });
  const newest = found.data?.body.newest_version ?? null;
  const needsVersion = draft.data === null && newest !== null;
  const live = useQuery({ ...versionQuery(id, newest ?? 0), enabled: needsVersion });
  const catalogue = useMemo(() => new Catalogue(types.data?.groups ?? []), [types.data]);

  const failure = [caller, types, variables, found, draft, live].find((query) => query.error !== null)?.error;
  if (failure) throw failure;
  if (!caller.data || !types.data || !variables.data || draft.data === undefined || found.data === undefined) return <Waiting />;
  if (needsVersion && !live.data) return <Waiting />;

  const start = draft.data?.body.text ?? live.data?.text ?? null;
  const permissions = new Set<string>(caller.data.permissions);
  const may = { write: permissions.has("flows:write"), publish: permissions.has("flows:publish"), stats: permissions.has("stats:read") };
  const shared = { id, draftName: MAIN, catalogue, variables: variables.data.variables, may };
  if (start === null) return <Beginning {...shared} />;
  return <Workbench {...shared} flow={found.data} draft={draft.data} text={start} />;
}

function Waiting() {
  return (
    <main className="builder b-waiting">
      <p role="status">One moment …</p>
    </main>
  );
}
