import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";

import { useMay } from "../../api/permissions";
import { Chip } from "../../parts/Chip";
import { Confirm } from "../../parts/Confirm";
import { Editing } from "../../parts/Editing";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { Popup } from "../../parts/Popup";
import { Section } from "../../parts/Section";
import { Exactly } from "../../parts/When";
import { ClientForm } from "./ClientForm";
import { type Client, type ClientWithSecret, oneClient, removeClient, rotateSecret, saveClient } from "./queries";
import { Secret } from "./Secret";
import { TrySignIn } from "./TrySignIn";

/** One client: what it is, its secret, and a look at its sign-in. */
export function ClientPage() {
  const { id = "" } = useParams();
  const one = useQuery(oneClient(id));
  return (
    <Page title={one.data?.body.name ?? id} lede={<code>{id}</code>}>
      <Loaded query={one}>
        {({ body, etag }) => (
          <div className="split">
            <Section title="Settings">
              <Editing latest={{ body, etag }}>
                {(base) => (
                  <ClientForm
                    metadata={base.body.metadata}
                    policy={base.body.policy}
                    action="Save"
                    onSave={(metadata, now) => saveClient(id, now ?? base.etag, metadata)}
                  />
                )}
              </Editing>
            </Section>
            <div className="aside">
              <Facts client={body} />
              <SecretActs client={body} etag={etag} />
              <TrySignIn client={body} />
              <Remove client={body} etag={etag} />
            </div>
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function Facts({ client }: { readonly client: Client }) {
  return (
    <Section title="Facts">
      <dl className="facts">
        <dt>Kind</dt>
        <dd>{client.privileged ? <Chip tone="warn">Privileged: only owners change it</Chip> : <Chip>Application</Chip>}</dd>
        <dt>Registered</dt>
        <dd>
          <Exactly at={client.created_at} />
        </dd>
        <dt>Changed</dt>
        <dd>
          <Exactly at={client.updated_at} />
        </dd>
      </dl>
      <details className="more">
        <summary>All metadata</summary>
        <pre className="code">{JSON.stringify({ ...client.metadata, idp_policy: client.policy }, null, 2)}</pre>
      </details>
    </Section>
  );
}

function SecretActs({ client, etag }: { readonly client: Client; readonly etag: string }) {
  const [keep, setKeep] = useState<boolean>();
  const [made, setMade] = useState<ClientWithSecret>();
  if (!useMay("clients:write") || client.secrets === 0) return null;
  return (
    <Section title="Secret">
      <p className="soft">{client.secrets > 1 ? "Two secrets work: the new one and the one before." : "One secret works."}</p>
      <div className="stack">
        <button type="button" className="button" onClick={() => setKeep(true)}>
          New secret, the old one stays for now
        </button>
        <button type="button" className="button danger" onClick={() => setKeep(false)}>
          New secret, the old one ends now
        </button>
      </div>
      {keep !== undefined && (
        <Confirm
          title="Make a new secret?"
          action="Make it"
          danger={!keep}
          onClose={() => setKeep(undefined)}
          onConfirm={async () => setMade(await rotateSecret(client.client_id, etag, keep))}
        >
          {keep ? (
            <p>The secret of today goes on working beside the new one, until you make another. Give the new one to the client meanwhile.</p>
          ) : (
            <p>{client.name} cannot get tokens any more until it has the new secret.</p>
          )}
        </Confirm>
      )}
      {made !== undefined && (
        <Popup title="The new secret" onClose={() => setMade(undefined)}>
          <Secret made={made} />
        </Popup>
      )}
    </Section>
  );
}

function Remove({ client, etag }: { readonly client: Client; readonly etag: string }) {
  const [asking, setAsking] = useState(false);
  const navigate = useNavigate();
  if (!useMay("clients:write")) return null;
  return (
    <Section title="Remove">
      <button type="button" className="button danger" onClick={() => setAsking(true)}>
        Remove this client
      </button>
      {asking && (
        <Confirm
          title={`Remove ${client.name}?`}
          action="Remove it"
          danger
          onClose={() => setAsking(false)}
          onConfirm={() => removeClient(client.client_id, etag)}
          onDone={() => navigate("/clients")}
        >
          <p>Nobody can sign in to it any more, and its tokens end. This cannot be undone.</p>
        </Confirm>
      )}
    </Section>
  );
}
