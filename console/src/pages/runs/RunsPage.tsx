import { Link, useSearchParams } from "react-router";

import { answer, client } from "../../api/client";
import type { components } from "../../api/schema.gen";
import { Chip } from "../../parts/Chip";
import { Empty } from "../../parts/Empty";
import { Field } from "../../parts/Field";
import { type Column, Listing } from "../../parts/Listing";
import { Page } from "../../parts/Page";
import { Pages } from "../../parts/Pages";
import { When } from "../../parts/When";
import { PURPOSES } from "../flows/purposes";
import { sayReason, STATUS_NAMES, statusOf } from "./words";

type RunSummary = components["schemas"]["RunSummary"];

const COLUMNS: readonly Column<RunSummary>[] = [
  { title: "Run", cell: (row) => <Link to={`/runs/${row.id}`}>Run {row.id}</Link> },
  {
    title: "Flow",
    cell: (row) => (
      <>
        {row.flow} <span className="soft small">version {row.version}</span> {row.variant === "trial" && <Chip tone="warn">Trial</Chip>}
      </>
    ),
  },
  { title: "For", cell: (row) => PURPOSES[row.purpose] ?? row.purpose },
  {
    title: "How it ended",
    cell: (row) => (
      <>
        <Chip tone={statusOf(row.status).tone}>{statusOf(row.status).words}</Chip>
        {row.reason !== null && row.reason !== "" && <span className="line soft small">{sayReason(row.reason)}</span>}
      </>
    ),
  },
  { title: "Began", cell: (row) => <When at={row.created_at} /> },
];

/** Every person's way through a flow, the newest first. */
export function RunsPage() {
  const [search, setSearch] = useSearchParams();
  const status = STATUS_NAMES.find((name) => name === search.get("status")) as RunSummary["status"] | undefined;
  const flow = search.get("flow") ?? "";
  const user = search.get("user") ?? "";
  const set = (name: string, value: string) => {
    const next = new URLSearchParams(search);
    if (value === "") next.delete(name);
    else next.set(name, value);
    setSearch(next);
  };
  return (
    <Page title="Runs" lede="What happened to people in flows, step by step. Nothing that anybody typed is in here.">
      <div className="toolbar">
        <Field label="Flow" optional>
          {(wiring) => <input {...wiring} className="mono" defaultValue={flow} onBlur={(event) => set("flow", event.target.value.trim())} onKeyDown={(event) => event.key === "Enter" && set("flow", event.currentTarget.value.trim())} />}
        </Field>
        <Field label="How it ended">
          {(wiring) => (
            <select {...wiring} value={status ?? ""} onChange={(event) => set("status", event.target.value)}>
              <option value="">Any way</option>
              {STATUS_NAMES.map((name) => (
                <option key={name} value={name}>
                  {statusOf(name).words}
                </option>
              ))}
            </select>
          )}
        </Field>
        {user !== "" && (
          <p>
            <span>
              Only of <Link to={`/users/${user}`}>one person</Link>
            </span>
            <button type="button" className="button quiet" onClick={() => set("user", "")}>
              Show everybody’s
            </button>
          </p>
        )}
      </div>
      <Pages
        queryKey={["runs", flow, status ?? "", user]}
        read={(cursor) =>
          answer(
            client.GET("/runs", {
              params: {
                query: {
                  ...(flow !== "" && { flow }),
                  ...(status !== undefined && { status }),
                  ...(user !== "" && { user }),
                  ...(cursor !== undefined && { cursor }),
                },
              },
            }),
          )
        }
        empty={
          <Empty icon="runs" title="There are no such runs">
            A run begins when somebody meets a flow: they sign in, sign up, step up or recover.
          </Empty>
        }
      >
        {(items) => <Listing label="Runs" columns={COLUMNS} rows={items} rowKey={(row) => row.id} />}
      </Pages>
    </Page>
  );
}
