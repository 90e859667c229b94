import { Link, useSearchParams } from "react-router";

import { answer, API, client } from "../../api/client";
import { Empty } from "../../parts/Empty";
import { Field } from "../../parts/Field";
import { type Column, Listing } from "../../parts/Listing";
import { Page } from "../../parts/Page";
import { Pages } from "../../parts/Pages";
import { Exactly } from "../../parts/When";
import { ChainCheck } from "./ChainCheck";
import type { Entry } from "./entry";
import { FlowLink } from "./FlowLink";

const FILTERS = ["action", "outcome", "actor", "client", "user"] as const;
const TITLES: Readonly<Record<(typeof FILTERS)[number], string>> = {
  action: "Action",
  outcome: "Outcome",
  actor: "By whom",
  client: "Client",
  user: "About (subject)",
};

const COLUMNS: readonly Column<Entry>[] = [
  {
    title: "When",
    cell: (row) => (
      <>
        <Exactly at={row.at} />
        <span className="line soft small">No. {row.id}</span>
      </>
    ),
  },
  {
    title: "What",
    cell: (row) => (
      <>
        <strong>{row.action}</strong> {row.outcome}
        {row.reason !== "" && <span className="line soft small">{row.reason}</span>}
      </>
    ),
  },
  { title: "By", cell: (row) => row.actor },
  {
    title: "About",
    cell: (row) => (
      <>
        {row.user !== null && (
          <Link className="line" to={`/users/${row.user}`}>
            A person
          </Link>
        )}
        {row.client_id !== null && <span className="line">{row.client_id}</span>}
        <FlowLink entry={row} />
        {row.run !== null && (
          <Link className="line" to={`/runs/${row.run}`}>
            Run {row.run}
          </Link>
        )}
      </>
    ),
  },
  {
    title: "Details",
    cell: (row) =>
      Object.keys(row.data).length === 0 ? null : (
        <details>
          <summary>Show</summary>
          <pre className="code">{JSON.stringify(row.data, null, 2)}</pre>
        </details>
      ),
  },
];

/** Every decision with its reason, newest first. */
export function AuditPage() {
  const [search, setSearch] = useSearchParams();
  const filter = Object.fromEntries(FILTERS.flatMap((name) => (search.get(name) ? [[name, search.get(name) ?? ""]] : [])));
  const query = new URLSearchParams(filter).toString();
  return (
    <Page
      title="Audit"
      lede="Every decision that was made, by whom and why. Entries are added and never changed."
      actions={
        <a className="button" href={`${API}/audit/export?${query}`} download>
          Export
        </a>
      }
    >
      <ChainCheck />
      <form
        className="toolbar"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          const typed = [...new FormData(event.currentTarget).entries()].map(([name, value]) => [name, typeof value === "string" ? value.trim() : ""]);
          setSearch(Object.fromEntries(typed.filter(([, value]) => value !== "")) as Record<string, string>);
        }}
      >
        {FILTERS.map((name) => (
          <Field key={name} label={TITLES[name]}>
            {(wiring) => <input {...wiring} name={name} defaultValue={search.get(name) ?? ""} maxLength={255} spellCheck={false} />}
          </Field>
        ))}
        <button type="submit" className="button">
          Find
        </button>
      </form>
      <Pages
        queryKey={["audit", query]}
        read={(cursor) => answer(client.GET("/audit", { params: { query: { ...filter, ...(cursor !== undefined && { cursor }) } } }))}
        empty={
          <Empty icon="audit" title="No such entries">
            Names are compared as they are: an action is, for example, <code>flow.publish</code>.
          </Empty>
        }
      >
        {(items) => <Listing label="Audit entries" columns={COLUMNS} rows={items} rowKey={(row) => row.id} />}
      </Pages>
    </Page>
  );
}
