import { queryOptions, useQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";

import { answer, client } from "../../api/client";
import { useMay } from "../../api/permissions";
import { me } from "../../api/queries";
import type { components } from "../../api/schema.gen";
import { Chip } from "../../parts/Chip";
import { sayDuration } from "../../parts/duration";
import { Field } from "../../parts/Field";
import { Icon } from "../../parts/Icon";
import { Listing } from "../../parts/Listing";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { Section } from "../../parts/Section";
import { connections } from "../connectors/queries";
import { PURPOSES } from "../flows/purposes";
import { runsPath } from "../runs/address";
import { sayReason, statusOf } from "../runs/words";
import { LeftAt } from "./LeftAt";
import { share } from "./share";
import { vendorRows } from "./vendors";

type Home = components["schemas"]["Home"];
type Journey = Home["journeys"][number];

const home = (days: number) =>
  queryOptions({
    queryKey: ["home", days],
    queryFn: () => answer(client.GET("/home", { params: { query: { days } } })),
    staleTime: 30_000,
  });

const DAYS: Readonly<Record<string, string>> = { "1": "Last day", "7": "Last 7 days", "30": "Last 30 days", "90": "Last 90 days" };

/** What an operator wants to see first: how people fare, what waits for somebody, and how the vendors do. */
export function HomePage() {
  const name = useQuery(me).data?.user?.name ?? "";
  const maySee = useMay("stats:read");
  const [search, setSearch] = useSearchParams();
  const days = DAYS[search.get("days") ?? ""] === undefined ? "7" : (search.get("days") ?? "7");
  return (
    <Page
      title={name === "" ? "Welcome" : `Welcome, ${name}`}
      lede={useQuery(me).data?.issuer}
      actions={
        maySee && (
          <Field label="Time">
            {(wiring) => (
              <select {...wiring} value={days} onChange={(event) => setSearch({ days: event.target.value })}>
                {Object.entries(DAYS).map(([value, words]) => (
                  <option key={value} value={value}>
                    {words}
                  </option>
                ))}
              </select>
            )}
          </Field>
        )
      }
    >
      {maySee ? <Numbers days={Number(days)} /> : <Ways />}
    </Page>
  );
}

function Numbers({ days }: { readonly days: number }) {
  const all = useQuery(home(days));
  return (
    <Loaded query={all}>
      {(found) => (
        <>
          <Attention found={found} />
          <div className="tiles">
            {found.journeys.map((journey) => (
              <Tile key={journey.purpose} journey={journey} />
            ))}
          </div>
          <div className="halves">
            <Reasons found={found} />
            <LeftAt steps={found.left_at} />
          </div>
          <Vendors found={found} />
        </>
      )}
    </Loaded>
  );
}

function Attention({ found }: { readonly found: Home }) {
  const open = useMay("reviews:read");
  const items = [
    ...(found.open_reviews > 0
      ? [{ to: open ? "/reviews" : undefined, words: found.open_reviews === 1 ? "1 person waits for a review" : `${found.open_reviews} people wait for a review` }]
      : []),
    ...found.flows_with_problems.map((flow) => ({ to: `/flows/${flow}`, words: `The flow ${flow} has problems` })),
    ...(found.waiting_mails > 20 ? [{ to: undefined, words: `${found.waiting_mails} mails wait to be sent` }] : []),
    ...(found.operators < 2 ? [{ to: "/operators", words: "Only one person operates this: nobody can help them back in" }] : []),
  ];
  if (items.length === 0) return null;
  return (
    <section className="note warn" aria-label="What needs you">
      <Icon name="warn" />
      <ul className="plain-list">
        {items.map((item) => (
          <li key={item.words}>{item.to === undefined ? item.words : <Link to={item.to}>{item.words}</Link>}</li>
        ))}
      </ul>
    </section>
  );
}

/** Which runs a part of a tile stands for. */
const STATUSES = { complete: "complete", refused: "denied", "not finished": "expired", "under way": "active" } as const;

function Tile({ journey }: { readonly journey: Journey }) {
  const seesRuns = useMay("runs:read");
  const parts = [
    ["good", "complete", journey.complete],
    ["bad", "refused", journey.refused],
    ["warn", "not finished", journey.dropped],
    ["", "under way", journey.active],
  ] as const;
  return (
    <section className="card tile" aria-label={PURPOSES[journey.purpose] ?? journey.purpose}>
      <h2>{PURPOSES[journey.purpose] ?? journey.purpose}</h2>
      <p className="figure">
        {journey.begun.toLocaleString()} <span className="soft small">begun</span>
      </p>
      <div className="bar" aria-hidden>
        {parts.map(([tone, words, count]) => (
          <span key={words} className={tone} style={{ flexGrow: count }} />
        ))}
      </div>
      {journey.begun === 0 ? (
        <p className="soft small">Nobody, in this time.</p>
      ) : (
        <ul className="legend-list">
          {parts.map(([tone, words, count]) => (
            <li key={words}>
              <span className={`dot ${tone}`} aria-hidden />
              {seesRuns && count > 0 ? (
                <Link to={runsPath({ purpose: journey.purpose, status: STATUSES[words] })}>
                  {share(count, journey.begun)} {words}
                </Link>
              ) : (
                `${share(count, journey.begun)} ${words}`
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Reasons({ found }: { readonly found: Home }) {
  const seesRuns = useMay("runs:read");
  return (
    <Section title="Why people were not let in">
      {found.reasons.length === 0 ? (
        <p className="soft">Nobody was turned away in this time.</p>
      ) : (
        <Listing
          label="Reasons"
          rows={found.reasons}
          rowKey={(row) => `${row.purpose} ${row.status} ${row.reason}`}
          columns={[
            {
              title: "Reason",
              cell: (row) =>
                seesRuns ? (
                  <Link to={runsPath({ purpose: row.purpose, status: row.status, reason: row.reason })}>{sayReason(row.reason)}</Link>
                ) : (
                  <strong>{sayReason(row.reason)}</strong>
                ),
            },
            { title: "In", cell: (row) => PURPOSES[row.purpose] ?? row.purpose },
            { title: "Ended", cell: (row) => <Chip tone={statusOf(row.status).tone}>{statusOf(row.status).words}</Chip> },
            { title: "Runs", align: "end", cell: (row) => row.count.toLocaleString() },
          ]}
        />
      )}
    </Section>
  );
}

function Vendors({ found }: { readonly found: Home }) {
  const known = useQuery({ ...connections, enabled: useMay("connections:read") });
  const rows = vendorRows(found.vendors, known.data?.items ?? []);
  return (
    <Section title="Identity checks and services">
      <p>
        {found.seconds_to_verify === null ? (
          <span className="soft">Nobody has completed a step-up in this time.</span>
        ) : (
          <>
            Half of all step-ups take less than <strong>{sayDuration(found.seconds_to_verify)}</strong>.
          </>
        )}
      </p>
      {rows.length > 0 && (
        <Listing
          label="Connections"
          rows={rows}
          rowKey={(row) => row.connection}
          columns={[
            { title: "Connection", cell: (row) => <Link to={`/connectors/${row.connection}`}>{row.connection}</Link> },
            { title: "Health", cell: (row) => row.health && <Chip tone={row.health.tone}>{row.health.words}</Chip> },
            { title: "Results", align: "end", cell: (row) => row.completed.toLocaleString() },
            { title: "Passed", align: "end", cell: (row) => share(row.passed, row.completed) },
            { title: "Not finished", align: "end", cell: (row) => row.expired.toLocaleString() },
            { title: "Errors", align: "end", cell: (row) => row.errors.toLocaleString() },
          ]}
        />
      )}
    </Section>
  );
}

/** For those whose role sees no numbers: where their work is. */
function Ways() {
  return (
    <div className="choices">
      {useMay("reviews:read") && (
        <Link className="choice-card" to="/reviews">
          <strong>Reviews</strong>
          <span className="soft">Decide doubtful verifications. People wait for them.</span>
        </Link>
      )}
      {useMay("users:read") && (
        <Link className="choice-card" to="/users">
          <strong>Users</strong>
          <span className="soft">Find somebody, and help them back in.</span>
        </Link>
      )}
    </div>
  );
}
