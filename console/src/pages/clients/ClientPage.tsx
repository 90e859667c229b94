import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";

import { useMay } from "../../api/permissions";
import { me } from "../../api/queries";
import { Chip } from "../../parts/Chip";
import { Confirm } from "../../parts/Confirm";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { Popup } from "../../parts/Popup";
import { ProblemNote } from "../../parts/ProblemNote";
import { Section } from "../../parts/Section";
import { Exactly } from "../../parts/When";
import { ClientForm } from "./ClientForm";
import { type Client, type ClientWithSecret, oneClient, removeClient, rotateSecret, saveClient } from "./queries";
import { Secret } from "./Secret";

/** One client: what it is, its secret, and a look at its sign-in. */
export function ClientPage() {
  const { id = "" } = useParams();
  const one = useQuery(oneClient(id));
  return (
    <Page title={one.data?.body.name ?? id} lede={<code>{id}</code>}>
      <Loaded query={one}>
        {({ body, etag = "" }) => (
          <div className="split">
            <Section title="Settings">
              <ClientForm
                key={etag}
                metadata={body.metadata}
                policy={body.policy}
                action="Save"
                onSave={(metadata) => saveClient(id, etag, metadata)}
              />
            </Section>
            <div className="aside">
              <Facts client={body} />
              <SecretActs client={body} etag={etag} />
              <Look client={body} />
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
  const [made, setMade] = useState<ClientWithSecret>();
  const [problem, setProblem] = useState<unknown>();
  if (!useMay("clients:write") || client.secrets === 0) return null;

  async function rotate(keep: boolean) {
    setProblem(undefined);
    try {
      setMade(await rotateSecret(client.client_id, etag, keep));
    } catch (error) {
      setProblem(error);
    }
  }

  return (
    <Section title="Secret">
      <p className="soft">{client.secrets > 1 ? "Two secrets work: the new one and the one before." : "One secret works."}</p>
      {problem !== undefined && <ProblemNote problem={problem} focus />}
      <div className="stack">
        <button type="button" className="button" onClick={() => void rotate(true)}>
          Make a new one, keep the old for now
        </button>
        <button type="button" className="button danger" onClick={() => void rotate(false)}>
          Make a new one, the old ends now
        </button>
      </div>
      {made !== undefined && (
        <Popup title="The new secret" onClose={() => setMade(undefined)}>
          <Secret made={made} />
        </Popup>
      )}
    </Section>
  );
}

/** A sign-in as this client would ask for it. It ends at the client, which refuses it: the client did not begin it. */
function Look({ client }: { readonly client: Client }) {
  const issuer = useQuery(me).data?.issuer ?? "";
  const redirects = client.metadata["redirect_uris"];
  const redirect: unknown = Array.isArray(redirects) ? redirects[0] : undefined;
  if (typeof redirect !== "string") return null;
  const asked = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: redirect,
    response_type: "code",
    scope: "openid",
    state: "console-look",
    nonce: "console-look",
    prompt: "login",
    // A challenge that nobody has the verifier of: the code is worth nothing.
    code_challenge: "0".repeat(43),
    code_challenge_method: "S256",
  });
  return (
    <Section title="See its sign-in">
      <p className="soft">Opens its pages as people see them. At the end the client refuses the answer, because it did not ask.</p>
      <a className="button" href={`${issuer}/authorize?${asked.toString()}`} target="_blank" rel="noopener noreferrer">
        Open a sign-in
      </a>
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
          onConfirm={async () => {
            await removeClient(client.client_id, etag);
            await navigate("/clients");
          }}
        >
          <p>Nobody can sign in to it any more, and its tokens end. This cannot be undone.</p>
        </Confirm>
      )}
    </Section>
  );
}
