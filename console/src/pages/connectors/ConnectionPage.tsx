import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";

import { useMay } from "../../api/permissions";
import { Confirm } from "../../parts/Confirm";
import { Editing, type Tagged } from "../../parts/Editing";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { Section } from "../../parts/Section";
import { Exactly } from "../../parts/When";
import { ConnectionForm } from "./ConnectionForm";
import { UsedBy } from "./ConnectorsPage";
import { type Connection, connection, connectionTypes, type ConnectionType, removeConnection } from "./queries";
import { TestResult } from "./TestResult";
import { healthOf, summaryOf, usesOf } from "./words";

/** Make a connection of a type. */
export function NewConnectionPage() {
  const { type: wanted } = useParams();
  const types = useQuery(connectionTypes);
  const navigate = useNavigate();
  const type = types.data?.find((one) => one.type === wanted);
  return (
    <Page title={type === undefined ? "New connection" : `Connect ${type.title}`} lede={type && summaryOf(type.type)}>
      <Loaded query={types}>
        {() =>
          type === undefined ? (
            <p>There is no connector of this type here.</p>
          ) : (
            <section className="card narrow">
              <ConnectionForm type={type} onSaved={(name) => void navigate(`/connectors/${name}?new=1`, { replace: true })} />
            </section>
          )
        }
      </Loaded>
    </Page>
  );
}

/** One connection: its settings, its test, how it does, and what uses it. */
export function ConnectionPage() {
  const { name = "" } = useParams();
  const one = useQuery(connection(name));
  const types = useQuery(connectionTypes);
  const type = types.data?.find((each) => each.type === one.data?.body.type);
  return (
    <Page title={name} lede={type?.title}>
      <Loaded query={one}>
        {({ body, etag }) => (
          <div className="split">
            {type !== undefined && <Settings type={type} latest={{ body, etag }} />}
            <div className="aside">
              <TestResult name={name} />
              <State saved={body} />
              <Remove saved={body} etag={etag} />
            </div>
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function Settings({ type, latest }: { readonly type: ConnectionType; readonly latest: Tagged<Connection> }) {
  return (
    <Section title="Settings">
      <Editing latest={latest}>{({ body, etag }) => <ConnectionForm type={type} saved={body} etag={etag} />}</Editing>
    </Section>
  );
}

function State({ saved }: { readonly saved: Connection }) {
  const { tone, words } = healthOf(saved);
  const { breaker, last_day } = saved.health;
  const calls = last_day.reduce((sum, one) => sum + one.count, 0);
  return (
    <Section title="How it does">
      <dl className="facts">
        <dt>Health</dt>
        <dd>
          <span className={`chip ${tone}`}>{words}</span>
        </dd>
        {breaker?.last_failure != null && (
          <>
            <dt>Last failure</dt>
            <dd>{breaker.last_failure}</dd>
          </>
        )}
        {breaker?.retry_at != null && (
          <>
            <dt>Tried again</dt>
            <dd>
              <Exactly at={breaker.retry_at} />
            </dd>
          </>
        )}
        <dt>Last day</dt>
        <dd>{calls === 0 ? "No results" : last_day.map((day) => `${day.count} ${day.overall ?? day.error ?? day.status}`).join(", ")}</dd>
        <dt>Used by</dt>
        <dd>
          <UsedBy connection={saved} />
        </dd>
      </dl>
    </Section>
  );
}

function Remove({ saved, etag }: { readonly saved: Connection; readonly etag: string }) {
  const [asking, setAsking] = useState(false);
  const navigate = useNavigate();
  if (!useMay("connections:write")) return null;
  return (
    <Section title="Remove">
      <button type="button" className="button danger" onClick={() => setAsking(true)}>
        Remove this connection
      </button>
      {asking && (
        <Confirm
          title={`Remove ${saved.name}?`}
          action="Remove it"
          danger
          onClose={() => setAsking(false)}
          onConfirm={() => removeConnection(saved.name, etag)}
          onDone={() => navigate("/connectors")}
        >
          <p>Its settings and keys are deleted.{usesOf(saved).length > 0 && " What uses it cannot do so any more:"}</p>
          {usesOf(saved).length > 0 && (
            <div>
              <UsedBy connection={saved} />
            </div>
          )}
        </Confirm>
      )}
    </Section>
  );
}
