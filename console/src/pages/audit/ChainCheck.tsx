import { queryOptions, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";

import { answer, client } from "../../api/client";
import { queries } from "../../api/queries";
import { Field } from "../../parts/Field";
import { Icon } from "../../parts/Icon";
import { Loaded } from "../../parts/Loaded";
import { ProblemNote } from "../../parts/ProblemNote";
import { Section } from "../../parts/Section";
import { Exactly, When } from "../../parts/When";
import { type Chain, type Finding, START, type Walk, walkChain } from "./checking";
import { count, sayStand } from "./words";

const chain = queryOptions({ queryKey: ["audit", "chain"], queryFn: () => answer(client.GET("/audit/chain")) });

type State = { readonly step: "rest" | "busy" | "stopped" | "done" | "failed"; readonly walk: Walk; readonly problem?: unknown };

/** Whether the trail is as it was written: what the worker found last, and a check of all of it for whoever asks. */
export function ChainCheck() {
  const query = useQuery(chain);
  return (
    <Section title="Is the trail as it was written?">
      <p className="soft">
        Entries are sealed within seconds. Each seal holds the one before, and is signed with a key that is not in the database. So a check finds what
        somebody changed, took out or put in.
      </p>
      <Loaded query={query}>{(found) => <Checking chain={found} />}</Loaded>
    </Section>
  );
}

function Checking({ chain: found }: { readonly chain: Chain }) {
  const [state, setState] = useState<State>({ step: "rest", walk: START });
  const [head, setHead] = useState("");
  const current = useRef(0);
  // Whoever leaves the page stops the check.
  useEffect(() => () => void (current.current += 1), []);

  async function check(from: Walk) {
    const mine = (current.current += 1);
    setState({ step: "busy", walk: from });
    let last = from;
    try {
      await walkChain(
        from,
        head.trim(),
        (walk) => {
          last = walk;
          setState({ step: walk.next === null ? "done" : "busy", walk });
        },
        () => current.current !== mine,
      );
      if (current.current === mine) await queries.invalidateQueries({ queryKey: ["audit", "chain"] });
    } catch (problem) {
      if (current.current === mine) setState({ step: "failed", walk: last, problem });
    }
  }

  function stop() {
    current.current += 1;
    setState({ step: "stopped", walk: state.walk });
  }

  const { step, walk } = state;
  const goOn = step === "stopped" || step === "failed";
  return (
    <>
      <Stand chain={found} />
      {step === "busy" ? (
        <Progress walk={walk} onStop={stop} />
      ) : (
        <div className="actions">
          <button type="button" className="button" disabled={found.seals === 0 && head === ""} onClick={() => void check(goOn ? walk : START)}>
            {goOn && walk.next !== undefined ? "Go on with the check" : step === "done" ? "Check again" : "Check the chain"}
          </button>
        </div>
      )}
      <div role="status" className="test-result">
        {step === "stopped" && <p className="soft">Stopped after {count(walk.seals, "seal")}.{walk.findings.length === 0 && " Nothing was wrong so far."}</p>}
        {step === "failed" && <ProblemNote problem={state.problem} />}
        {step === "done" && walk.findings.length === 0 && <Good walk={walk} sealedAt={found.sealed_at} />}
        {walk.findings.length > 0 && <Bad walk={walk} />}
      </div>
      <details className="more">
        <summary>Compare with a head that you kept</summary>
        <div className="form narrow">
          <Field
            label="Head"
            hint="A seal’s number and hash, as an earlier check gave it. A chain that was cut off at its end, or put back to an older state, shows only against one that was kept elsewhere."
          >
            {(wiring) => (
              <input {...wiring} value={head} onChange={(event) => setHead(event.target.value)} maxLength={100} spellCheck={false} autoComplete="off" placeholder="17:…" />
            )}
          </Field>
        </div>
      </details>
    </>
  );
}

function Stand({ chain: found }: { readonly chain: Chain }) {
  const last = found.last_check;
  return (
    <dl className="facts">
      <dt>Sealed</dt>
      <dd>
        {sayStand(found)}
        {found.sealed_at !== null && (
          <>
            {" "}The newest seal was made <When at={found.sealed_at} />.
          </>
        )}
      </dd>
      <dt>Daily check</dt>
      <dd>
        {last === null ? (
          "Not yet. The worker walks along the whole chain once a day."
        ) : (
          <>
            {last.findings === 0 ? "Nothing was wrong, " : <strong>{count(last.findings, "thing")} wrong, </strong>}
            <When at={last.finished_at} />. {last.first_finding}
          </>
        )}
      </dd>
    </dl>
  );
}

function Progress({ walk, onStop }: { readonly walk: Walk; readonly onStop: () => void }) {
  return (
    <div className="stack">
      <label className="stack">
        <span>{walk.of === 0 ? "Checking …" : `Checked ${walk.through.toLocaleString()} of ${count(walk.of, "seal")} …`}</span>
        <progress value={walk.of === 0 ? undefined : walk.through} max={Math.max(walk.of, 1)} />
      </label>
      <div className="actions">
        <button type="button" className="button" onClick={onStop}>
          Stop
        </button>
      </div>
    </div>
  );
}

function Good({ walk, sealedAt }: { readonly walk: Walk; readonly sealedAt: string | null }) {
  return (
    <div className="note good">
      <Icon name="good" />
      <div>
        <p className="note-title">All good</p>
        <p>
          {count(walk.entries, "entry")} in {count(walk.seals, "seal")} {walk.entries === 1 ? "is" : "are"} as sealed
          {sealedAt !== null && (
            <>
              , up to <Exactly at={sealedAt} />
            </>
          )}
          .
        </p>
        <Erased walk={walk} />
        {walk.head !== null && (
          <p>
            Keep this head somewhere else, to compare with later: <code className="line">{walk.head}</code>
          </p>
        )}
      </div>
    </div>
  );
}

function Bad({ walk }: { readonly walk: Walk }) {
  return (
    <div className="note bad">
      <Icon name="warn" />
      <div>
        <p className="note-title">The trail is not as it was sealed</p>
        <ul className="faults">
          {walk.findings.map((finding) => (
            <li key={`${finding.kind} ${finding.seal} ${finding.first_entry}`}>
              {finding.text} <Around finding={finding} />
            </li>
          ))}
        </ul>
        {walk.more && <p>There is more. The command <code>idp audit check</code> tells all of it.</p>}
        <p>
          What to do: change nothing in this database, find out who could write to it, and compare these entries with a backup. The operations guide says what
          each of these means.
        </p>
        <Erased walk={walk} />
      </div>
    </div>
  );
}

function Around({ finding }: { readonly finding: Finding }) {
  return finding.first_entry === null ? null : <span className="soft">(seal {finding.seal})</span>;
}

function Erased({ walk }: { readonly walk: Walk }) {
  return walk.erased === 0 ? null : (
    <p>
      {count(walk.erased, "entry")} {walk.erased === 1 ? "was" : "were"} erased by order: <Link to="/audit?action=audit.erase">see the orders</Link>.
    </p>
  );
}
