import { queryOptions, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";

import { answer, client } from "../../api/client";
import type { components } from "../../api/schema.gen";
import { Chip } from "../../parts/Chip";
import { sayDuration } from "../../parts/duration";
import { Listing } from "../../parts/Listing";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { Section } from "../../parts/Section";
import { Exactly } from "../../parts/When";
import { PURPOSES } from "../flows/purposes";
import { sayReason, statusOf } from "./words";

type Run = components["schemas"]["Run"];

const run = (id: string) =>
  queryOptions({
    queryKey: ["runs", "one", id],
    queryFn: () => answer(client.GET("/runs/{run_id}", { params: { path: { run_id: id } } })),
  });

/** One run: every step that the person visited, how long it took, and what it proved. */
export function RunPage() {
  const { id = "" } = useParams();
  const one = useQuery(run(id));
  const found = one.data;
  return (
    <Page
      title={`Run ${id}`}
      lede={found && `${PURPOSES[found.purpose] ?? found.purpose} through ${found.flow}, version ${found.version}`}
      actions={
        found && (
          <Link className="button" to={`/flows/${found.flow}?replay=${found.id}`}>
            See it on the drawing
          </Link>
        )
      }
    >
      <Loaded query={one}>
        {(body) => (
          <div className="split">
            <Visits body={body} />
            <Facts body={body} />
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function Visits({ body }: { readonly body: Run }) {
  return (
    <Section title="Step by step">
      <Listing
        label="Visits of steps"
        rows={body.visits}
        rowKey={(row) => row.seq}
        columns={[
          {
            title: "Step",
            cell: (row) => (
              <>
                <strong>{row.step}</strong>
                <span className="small">{row.kind}</span>
              </>
            ),
          },
          {
            title: "Left by",
            cell: (row) =>
              row.outcome === null ? (
                <span className="soft">{body.status === "active" ? "Stands here" : "Ended here"}</span>
              ) : (
                <>
                  {row.outcome}
                  {row.to !== null && <span className="line soft small">to {row.to}</span>}
                </>
              ),
          },
          { title: "Time", align: "end", cell: (row) => sayDuration(row.seconds) },
          {
            title: "What it gave",
            cell: (row) => (
              <span className="chips">
                {row.evidence.map((method) => (
                  <Chip key={method} tone="good">
                    {method}
                  </Chip>
                ))}
                {row.verification !== null && <Chip>{row.verification.overall ?? row.verification.status}</Chip>}
                {row.case !== null && <Link to={`/reviews/${row.case.id}`}>Case {row.case.id}</Link>}
                {row.fault !== null && <Chip tone="bad">{row.fault}</Chip>}
              </span>
            ),
          },
        ]}
      />
      {!body.complete && <p className="soft">The run left more steps than are kept; the earliest are shown.</p>}
    </Section>
  );
}

function Facts({ body }: { readonly body: Run }) {
  return (
    <Section title="The run">
      <dl className="facts">
        <dt>Ended</dt>
        <dd>
          <Chip tone={statusOf(body.status).tone}>{statusOf(body.status).words}</Chip>
          {body.reason !== null && body.reason !== "" && <span className="line">{sayReason(body.reason)}</span>}
        </dd>
        <dt>Began</dt>
        <dd>
          <Exactly at={body.created_at} />
        </dd>
        {body.finished_at !== null && (
          <>
            <dt>Finished</dt>
            <dd>
              <Exactly at={body.finished_at} />
            </dd>
          </>
        )}
        {body.user !== null && (
          <>
            <dt>Person</dt>
            <dd>
              <Link to={`/users/${body.user}`}>Open the account</Link>
            </dd>
          </>
        )}
        {body.target_acr !== null && (
          <>
            <dt>For the level</dt>
            <dd>
              <code>{body.target_acr}</code>
            </dd>
          </>
        )}
      </dl>
    </Section>
  );
}
