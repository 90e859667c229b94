import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { useMay } from "../../api/permissions";
import { Empty } from "../../parts/Empty";
import { Icon } from "../../parts/Icon";
import { type Column, Listing } from "../../parts/Listing";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { When } from "../../parts/When";
import { NewFlow } from "./NewFlow";
import { type FlowSummary, flows } from "./queries";
import { PURPOSES } from "./purposes";

const COLUMNS: readonly Column<FlowSummary>[] = [
  {
    title: "Flow",
    cell: (flow) => (
      <>
        <Link to={`/flows/${flow.id}`}>{flow.title || flow.id}</Link>
        <span className="small">
          <code>{flow.id}</code>
        </span>
      </>
    ),
  },
  { title: "For", cell: (flow) => <Purpose flow={flow} /> },
  { title: "Live", cell: (flow) => <Live flow={flow} /> },
  { title: "Being written", cell: (flow) => <Drafts flow={flow} /> },
  { title: "Runs, 7 days", align: "end", cell: (flow) => flow.runs_7d.toLocaleString() },
  { title: "Changed", cell: (flow) => <When at={flow.updated_at} /> },
];

/** Every flow: what it is for, which version serves, and who is writing at one. */
export function FlowsPage() {
  const all = useQuery(flows);
  const mayWrite = useMay("flows:write");
  const [making, setMaking] = useState(false);
  const make = mayWrite && (
    <button type="button" className="button primary" onClick={() => setMaking(true)}>
      <Icon name="plus" />
      New flow
    </button>
  );
  return (
    <Page
      title="Flows"
      lede="What people go through: sign-in, sign-up, step-up and recovery. A change is a draft until it is published."
      actions={make}
    >
      <Loaded query={all}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon="flows" title="No flows yet" actions={make}>
              A flow says what somebody has to show before they are let in. Start from a template: it is a draft that
              serves nobody until you publish it.
            </Empty>
          ) : (
            <Listing label="Flows" columns={COLUMNS} rows={items} rowKey={(flow) => flow.id} />
          )
        }
      </Loaded>
      {making && <NewFlow taken={all.data?.items.map((flow) => flow.id) ?? []} onClose={() => setMaking(false)} />}
    </Page>
  );
}

function Purpose({ flow }: { readonly flow: FlowSummary }) {
  return (
    <span className="chips">
      <span>{PURPOSES[flow.purpose] ?? (flow.purpose || "Cannot be read")}</span>
      {flow.default_for.length > 0 && <span className="chip">Default</span>}
    </span>
  );
}

function Live({ flow }: { readonly flow: FlowSummary }) {
  if (flow.live.length === 0) return <span className="soft">Serves nobody</span>;
  return (
    <span className="chips">
      {flow.live.map((live) => (
        <span key={live.version} className={live.variant === "trial" ? "chip warn" : "chip good"}>
          Version {live.version}
          {flow.live.length > 1 && ` · ${live.percent} %`}
        </span>
      ))}
      {flow.problems > 0 && (
        <span className="chip bad">{flow.problems === 1 ? "1 problem" : `${flow.problems} problems`}</span>
      )}
    </span>
  );
}

function Drafts({ flow }: { readonly flow: FlowSummary }) {
  if (flow.drafts.length === 0) return <span className="soft">Nothing</span>;
  return (
    <>
      {flow.drafts.map((draft) => (
        <span key={draft.name} className="line">
          {draft.author}, <When at={draft.updated_at} />
        </span>
      ))}
    </>
  );
}
