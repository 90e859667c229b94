import "./styles/builder.css";

import { useQuery } from "@tanstack/react-query";
import { useLayoutEffect, useMemo, useState } from "react";
import { useParams, useSearchParams } from "react-router";

import { me } from "../api/queries";
import { flow as flowQuery, readDraft, stepTypes, type Tagged, variables as variablesQuery, version as versionQuery } from "./data/reading";
import type { Draft } from "./data/shapes";
import { Catalogue } from "./model/catalogue";
import { readComparison } from "./publish/comparison";
import { Beginning } from "./publish/Beginning";
import { Workbench, type WorkbenchProps } from "./Workbench";

const MAIN = "main";

interface Opened {
  text: string;
  draft: Tagged<Draft> | null;
  isNew: boolean;
}

/** One flow: its drawing and everything around it. */
export function FlowPage() {
  const { id = "" } = useParams();
  const [search] = useSearchParams();
  const compare = search.get("compare");
  return <Loader key={`${id} ${compare}`} id={id} compare={compare} />;
}

/** Fetches what the builder needs before anything can be drawn. */
function Loader({ id, compare }: { readonly id: string; readonly compare: string | null }) {
  const caller = useQuery(me);
  const types = useQuery(stepTypes);
  const variables = useQuery(variablesQuery);
  const found = useQuery(flowQuery(id));
  const draft = useQuery({ queryKey: ["drafts", id, MAIN], queryFn: () => readDraft(id, MAIN), staleTime: Infinity, gcTime: 0 });
  const newest = found.data?.body.newest_version ?? null;
  const needsVersion = draft.data === null && newest !== null;
  const live = useQuery({ ...versionQuery(id, newest ?? 0), enabled: needsVersion });
  // What is worked on stays what it is, whatever is read anew meanwhile: publishing makes a version and no new page.
  const [opened, setOpened] = useState<Opened | null>(null);
  const catalogue = useMemo(() => new Catalogue(types.data?.groups ?? []), [types.data]);

  const failure = [caller, types, variables, found, draft, live].find((query) => query.error !== null)?.error;
  if (failure) throw failure;
  if (!caller.data || !types.data || !variables.data || draft.data === undefined || found.data === undefined) return <Waiting />;
  if (opened === null && needsVersion && !live.data) return <Waiting />;

  const permissions = new Set<string>(caller.data.permissions);
  const may = { write: permissions.has("flows:write"), publish: permissions.has("flows:publish"), stats: permissions.has("stats:read") };
  const text = draft.data?.body.text ?? live.data?.text;
  if (opened === null && text !== undefined) setOpened({ text, draft: draft.data, isNew: false });
  if (opened === null) {
    return <Beginning id={id} mayWrite={may.write} onBegin={(begun) => setOpened({ text: begun, draft: null, isNew: true })} />;
  }
  return (
    <Opened
      id={id}
      draftName={MAIN}
      catalogue={catalogue}
      variables={variables.data.variables}
      may={may}
      flow={found.data}
      comparison={readComparison(compare)}
      {...opened}
    />
  );
}

function Opened(props: WorkbenchProps) {
  useWholeWindow();
  return <Workbench {...props} />;
}

/**
 * Gives the window to the builder while it is there. A class says so, for `:has(.builder)` would have the browser style
 * the whole page anew with every key that is typed.
 */
function useWholeWindow(): void {
  useLayoutEffect(() => {
    const { classList } = document.documentElement;
    classList.add("whole-window");
    return () => classList.remove("whole-window");
  }, []);
}

function Waiting() {
  useWholeWindow();
  return (
    <main className="builder b-waiting">
      <p role="status">One moment …</p>
    </main>
  );
}
