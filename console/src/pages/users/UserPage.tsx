import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useParams } from "react-router";

import { useMay } from "../../api/permissions";
import { AskReason } from "../../parts/AskReason";
import { Chip } from "../../parts/Chip";
import { Confirm } from "../../parts/Confirm";
import { Icon } from "../../parts/Icon";
import { Listing } from "../../parts/Listing";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { ProblemNote } from "../../parts/ProblemNote";
import { Section } from "../../parts/Section";
import { Exactly, When } from "../../parts/When";
import { endSession } from "../sessions/queries";
import { type Act, act, type Role, ROLES, setRole, type User, user } from "./queries";
import { Status } from "./UsersPage";
import { sayKind, sayMethod } from "./words";

/** One person: the account and what hangs on it, and what an operator can do about it. */
export function UserPage() {
  const { id = "" } = useParams();
  const one = useQuery(user(id));
  const found = one.data?.body;
  const seesRuns = useMay("runs:read");
  const seesTrail = useMay("audit:read");
  return (
    <Page
      title={found === undefined ? "User" : (found.name ?? (found.email || "Erased account"))}
      lede={found?.email}
      actions={
        <>
          {seesRuns && (
            <Link className="button" to={`/runs?${new URLSearchParams({ user: id }).toString()}`}>
              Their runs
            </Link>
          )}
          {seesTrail && (
            <Link className="button" to={`/audit?${new URLSearchParams({ user: id }).toString()}`}>
              Their audit trail
            </Link>
          )}
        </>
      }
    >
      <Loaded query={one}>
        {({ body, etag }) => (
          <div className="split">
            <div className="aside">
              <Credentials held={body} />
              <Sessions held={body} />
              <Evidence held={body} />
            </div>
            <div className="aside">
              <Account held={body} />
              <Acts held={body} etag={etag} />
              <Roles held={body} />
            </div>
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function Account({ held }: { readonly held: User }) {
  return (
    <Section title="Account">
      <dl className="facts">
        <dt>State</dt>
        <dd>
          <Status status={held.status} />
        </dd>
        <dt>Address</dt>
        <dd>
          {held.email} {held.email_verified ? <Chip tone="good">Verified</Chip> : <Chip tone="warn">Not verified</Chip>}
        </dd>
        <dt>Subject</dt>
        <dd>
          <code>{held.id}</code>
        </dd>
        <dt>Since</dt>
        <dd>
          <Exactly at={held.created_at} />
        </dd>
        <dt>Identity</dt>
        <dd>
          {held.identities.length === 0
            ? "None verified"
            : held.identities.map((identity) => (
                <span key={identity.vendor} className="line">
                  {identity.vendor}, <When at={identity.enrolled_at} />
                </span>
              ))}
        </dd>
      </dl>
      {held.closing !== null && (
        <p className="note warn">
          {held.closing.erased ? "This account was erased." : "This person is deleting the account."} <When at={held.closing.due_at} />
        </p>
      )}
    </Section>
  );
}

function Credentials({ held }: { readonly held: User }) {
  return (
    <Section title="What they can sign in with">
      {held.credentials.length === 0 ? (
        <p className="soft">Nothing: only recovery leads them in.</p>
      ) : (
        <Listing
          label="Credentials"
          rows={held.credentials}
          rowKey={(row) => row.id}
          columns={[
            { title: "Kind", cell: (row) => <strong>{sayKind(row.kind)}</strong> },
            { title: "Name", cell: (row) => (row.label === sayKind(row.kind) ? null : row.label) },
            { title: "Since", cell: (row) => <When at={row.created_at} /> },
            { title: "Last used", cell: (row) => (row.last_used_at === null ? <span className="soft">Never</span> : <When at={row.last_used_at} />) },
          ]}
        />
      )}
    </Section>
  );
}

function Sessions({ held }: { readonly held: User }) {
  const mayEnd = useMay("sessions:write");
  const [ending, setEnding] = useState<Session>();
  return (
    <Section title="Where they are signed in">
      {held.sessions.length === 0 ? (
        <p className="soft">Nowhere.</p>
      ) : (
        <Listing
          label="Sessions"
          rows={held.sessions}
          rowKey={(row) => row.id}
          columns={[
            { title: "Device", cell: (row) => <strong>{row.device}</strong> },
            { title: "Address", cell: (row) => row.address },
            { title: "Last seen", cell: (row) => <When at={row.last_seen_at} /> },
            {
              title: "Actions",
              hideTitle: true,
              cell: (row) =>
                mayEnd ? (
                  <button type="button" className="button quiet" aria-label={`End the session on ${row.device}`} onClick={() => setEnding(row)}>
                    End
                  </button>
                ) : null,
            },
          ]}
        />
      )}
      {ending !== undefined && (
        <Confirm title="End this session?" action="End it" onClose={() => setEnding(undefined)} onConfirm={() => endSession(ending.id)}>
          <p>They are signed out on {ending.device} at once, with everything that lives by this session.</p>
        </Confirm>
      )}
    </Section>
  );
}

function Evidence({ held }: { readonly held: User }) {
  return (
    <Section title="What they have proved">
      {held.evidence.length === 0 ? (
        <p className="soft">Nothing in their latest runs.</p>
      ) : (
        <Listing
          label="Evidence"
          rows={held.evidence.map((piece, index) => ({ ...piece, index }))}
          rowKey={(row) => row.index}
          columns={[
            { title: "Method", cell: (row) => <strong>{sayMethod(row.method)}</strong> },
            { title: "When", cell: (row) => <When at={row.at} /> },
            { title: "Step", cell: (row) => <code>{row.step}</code> },
            { title: "Run", cell: (row) => <Link to={`/runs/${row.run}`}>{row.flow}</Link> },
          ]}
        />
      )}
    </Section>
  );
}

type Session = User["sessions"][number];
type Offer = { readonly kind: Act; readonly title: string; readonly follows: string; readonly danger?: boolean };

const BLOCK: Offer = { kind: "block", title: "Block", follows: "They are signed out everywhere at once and cannot sign in any more.", danger: true };
const UNBLOCK: Offer = { kind: "unblock", title: "Unblock", follows: "They can sign in again." };
const ALWAYS: readonly Offer[] = [
  { kind: "recovery-link", title: "Send a recovery link", follows: "They get a mail with a link. It proves nothing by itself: they go through recovery." },
  { kind: "sign-out", title: "Sign out everywhere", follows: "Every session and token of theirs ends now." },
  { kind: "erase", title: "Erase", follows: "The account and what hangs on it is deleted for good. This cannot be undone.", danger: true },
];

function Acts({ held, etag }: { readonly held: User; readonly etag: string }) {
  const [asked, setAsked] = useState<Offer>();
  const [done, setDone] = useState<string>();
  if (!useMay("users:write") || held.email === "") return null;
  return (
    <Section title="What you can do">
      <div className="stack">
        {[held.status === "blocked" ? UNBLOCK : BLOCK, ...ALWAYS].map((offer) => (
          <button key={offer.kind} type="button" className={offer.danger === true ? "button danger" : "button"} onClick={() => setAsked(offer)}>
            {offer.title}
          </button>
        ))}
      </div>
      <p role="status">{done !== undefined && `Done: ${done.toLowerCase()}.`}</p>
      {asked !== undefined && (
        <AskReason
          title={`${asked.title}: ${held.email}`}
          action={asked.title}
          danger={asked.danger === true}
          onClose={() => setAsked(undefined)}
          onDo={async (reason) => {
            await act(asked.kind, held.id, etag, reason);
            setDone(asked.title);
          }}
        >
          <p>{asked.follows}</p>
        </AskReason>
      )}
    </Section>
  );
}

function Roles({ held }: { readonly held: User }) {
  const mayGive = useMay("roles:write");
  const [problem, setProblem] = useState<unknown>();

  async function change(role: Role, wanted: boolean) {
    setProblem(undefined);
    try {
      await setRole(held.id, role, wanted);
    } catch (error) {
      setProblem(error);
    }
  }

  if (!mayGive && held.roles.length === 0) return null;
  return (
    <Section title="Roles in this console">
      {problem !== undefined && <ProblemNote problem={problem} focus />}
      <div className="form">
        {(Object.entries(ROLES) as [Role, string][]).map(([role, words]) => (
          <label key={role} className="check">
            <input
              type="checkbox"
              disabled={!mayGive}
              checked={held.roles.includes(role)}
              onChange={(event) => void change(role, event.target.checked)}
            />
            <span>
              <strong>{role.charAt(0).toUpperCase() + role.slice(1)}</strong>
              <span className="line soft small">{words}</span>
            </span>
          </label>
        ))}
      </div>
      {!mayGive && (
        <p className="soft small">
          <Icon name="keys" /> Only owners give roles.
        </p>
      )}
    </Section>
  );
}
