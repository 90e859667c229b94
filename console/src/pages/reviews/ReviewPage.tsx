import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useParams } from "react-router";

import { useMay } from "../../api/permissions";
import { Chip } from "../../parts/Chip";
import { Editing } from "../../parts/Editing";
import { Field } from "../../parts/Field";
import { Form } from "../../parts/Form";
import { Icon } from "../../parts/Icon";
import { Listing } from "../../parts/Listing";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { Section } from "../../parts/Section";
import { useSubmission } from "../../parts/submission";
import { Exactly, When } from "../../parts/When";
import { Deadline } from "./Deadline";
import { decide, type Decided, type Review, review } from "./queries";
import { agreementOf, ownerOf, sayName, stateOf, verdictTone } from "./words";

/** One case: what the account claims beside what the document says, and the decision. */
export function ReviewPage() {
  const { id = "" } = useParams();
  const one = useQuery(review(id));
  const [decided, setDecided] = useState<Decided>();
  return (
    <Page title={`Case ${id}`} lede={one.data?.email}>
      {decided?.review.id === id && <Done decided={decided} />}
      <Loaded query={one}>
        {(found) => (
          <div className="split">
            <div className="aside">
              <Claims found={found} />
              <Verdict found={found} />
              <History found={found} />
            </div>
            <div className="aside">
              <State found={found} />
              <Editing key={found.id} latest={{ body: found, etag: `${found.state} ${found.opinions.length}` }}>
                {({ body }) => body.state === "open" && <Decision found={body} onDecided={setDecided} />}
              </Editing>
              <Opinions found={found} />
            </div>
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function Done({ decided }: { readonly decided: Decided }) {
  const { words } = stateOf(decided.review.state);
  return (
    <div className="note good" role="status">
      <Icon name="good" />
      <div>
        <p className="note-title">{decided.review.state === "open" ? "Your opinion is kept; one more is needed" : words}</p>
        {decided.next === null ? (
          <p>Nobody else is waiting.</p>
        ) : (
          <Link className="button primary" to={`/reviews/${decided.next}`}>
            Next case
          </Link>
        )}
      </div>
    </div>
  );
}

function Claims({ found }: { readonly found: Review }) {
  return (
    <Section title="Account beside document">
      <Listing
        label="Account beside document"
        rows={found.claims}
        rowKey={(row) => row.what}
        columns={[
          { title: "What", cell: (row) => <strong>{sayName(row.what)}</strong> },
          { title: "Account", cell: (row) => row.account || <span className="soft">Nothing</span> },
          { title: "Document", cell: (row) => row.document || <span className="soft">Nothing</span> },
          {
            title: "Agreement",
            cell: (row) => <Chip tone={agreementOf(row.agreement).tone}>{agreementOf(row.agreement).words}</Chip>,
          },
        ]}
      />
    </Section>
  );
}

function Verdict({ found }: { readonly found: Review }) {
  const owner = ownerOf(found.owner);
  return (
    <Section title="What the check says">
      <dl className="facts">
        <dt>Overall</dt>
        <dd>
          <Chip tone={verdictTone(found.verdict)}>{found.verdict || "No result"}</Chip>
        </dd>
        <dt>Whose document</dt>
        <dd>
          <Chip tone={owner.tone}>{owner.words}</Chip>
          {found.owner_reasons.length > 0 && <span className="line soft small">{found.owner_reasons.map(sayName).join(", ")}</span>}
        </dd>
        {found.modules.map((module) => (
          <Module key={module.module} name={module.module} status={module.status} />
        ))}
      </dl>
    </Section>
  );
}

function Module({ name, status }: { readonly name: string; readonly status: string }) {
  return (
    <>
      <dt>{sayName(name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase())}</dt>
      <dd>
        <Chip tone={verdictTone(status)}>{status}</Chip>
      </dd>
    </>
  );
}

function History({ found }: { readonly found: Review }) {
  return (
    <Section title="How they came here">
      <ol className="trail">
        {found.trail.map((step, index) => (
          <li key={index}>
            <code>{step.step}</code> <span className="soft">{step.outcome}</span>
          </li>
        ))}
      </ol>
      {found.earlier.length > 0 && (
        <>
          <h3>Earlier checks of this account</h3>
          <ul className="plain-list">
            {found.earlier.map((check) => (
              <li key={check.at}>
                <Exactly at={check.at} />: {check.overall ?? "no result"}
                {check.decided !== null && `, ${stateOf(check.decided).words.toLowerCase()}`}
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}

function State({ found }: { readonly found: Review }) {
  const { tone, words } = stateOf(found.state);
  return (
    <Section title="The case">
      <dl className="facts">
        <dt>State</dt>
        <dd>
          <Chip tone={tone}>{words}</Chip>
        </dd>
        <dt>Since</dt>
        <dd>
          <When at={found.created_at} />
        </dd>
        <dt>Deadline</dt>
        <dd>
          <Deadline found={found} />
        </dd>
        {found.client_id !== "" && (
          <>
            <dt>Came from</dt>
            <dd>{found.client_id}</dd>
          </>
        )}
        {found.decided_by !== null && (
          <>
            <dt>Decided by</dt>
            <dd>{found.decided_by}</dd>
          </>
        )}
        {found.decision_reason !== null && (
          <>
            <dt>Reason</dt>
            <dd>{found.decision_reason}</dd>
          </>
        )}
      </dl>
    </Section>
  );
}

function Opinions({ found }: { readonly found: Review }) {
  if (found.opinions.length === 0) return null;
  return (
    <Section title="Opinions">
      <ul className="plain-list">
        {found.opinions.map((opinion) => (
          <li key={`${opinion.reviewer} ${opinion.at}`}>
            <strong>{opinion.reviewer}</strong> {opinion.approves ? "approves" : "rejects"}: {opinion.reason}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Decision({ found, onDecided }: { readonly found: Review; readonly onDecided: (decided: Decided) => void }) {
  const [decision, setDecision] = useState<"approve" | "reject">();
  const [reason, setReason] = useState("");
  const submission = useSubmission(decision !== undefined || reason !== "");
  if (!useMay("reviews:decide")) return null;

  function send() {
    const faults = {
      ...(decision === undefined && { "/decision": "Choose one." }),
      ...(reason.trim() === "" && { "/reason": "Say why." }),
    };
    return submission.send(() => decide(found.id, decision ?? "reject", reason.trim()), onDecided, faults);
  }

  const choices = [
    ["approve", "Approve", "The person on the document is the account’s owner."],
    ["reject", "Reject", "They are not, or it cannot be said."],
  ] as const;
  const undecided = submission.fault("/decision");
  return (
    <Section title="Your decision">
      <Form submission={submission} onSend={() => void send()}>
        {!found.may_approve && <p className="note warn">The document belongs to somebody else, so this can only be rejected.</p>}
        <fieldset className="form" data-invalid={undecided === undefined ? undefined : true} aria-describedby={undecided === undefined ? undefined : "undecided"}>
          <legend className="hidden">Decision</legend>
          {undecided !== undefined && (
            <p className="field-fault" id="undecided">
              {undecided}
            </p>
          )}
          {choices.map(([value, title, hint]) => (
            <label key={value} className="check">
              <input
                type="radio"
                name="decision"
                disabled={value === "approve" && !found.may_approve}
                checked={decision === value}
                onChange={() => setDecision(value)}
              />
              <span>
                <strong>{title}</strong>
                <span className="line soft small">{hint}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <Field label="Reason" hint="It stands in the audit trail. The person does not see it." fault={submission.fault("/reason")}>
          {(wiring) => <textarea {...wiring} value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />}
        </Field>
        <div className="actions">
          <button type="submit" className="button primary" disabled={submission.busy}>
            Decide
          </button>
        </div>
      </Form>
    </Section>
  );
}
