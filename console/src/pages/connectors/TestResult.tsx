import { useState } from "react";

import { useMay } from "../../api/permissions";
import { Icon } from "../../parts/Icon";
import { ProblemNote } from "../../parts/ProblemNote";
import { type ConnectionTested, testConnection } from "./queries";

/** Test a connection, and say exactly which part of it fails and what to do. */
export function TestResult({ name }: { readonly name: string }) {
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<ConnectionTested>();
  const [problem, setProblem] = useState<unknown>();
  const mayTest = useMay("connections:write");

  async function test() {
    setBusy(true);
    setProblem(undefined);
    try {
      setResult(await testConnection(name));
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <section className="card" aria-labelledby="test">
      <h2 id="test">Test</h2>
      <p className="soft">Asks the service as a flow would, with what is saved.</p>
      {mayTest && (
        <button type="button" className="button" disabled={busy} onClick={() => void test()}>
          {busy ? "Testing …" : "Test the connection"}
        </button>
      )}
      <div role="status" className="test-result">
        {problem !== undefined && <ProblemNote problem={problem} />}
        {result !== undefined && !busy && (
          <>
            <p className={result.ok ? "verdict good" : "verdict bad"}>
              <Icon name={result.ok ? "good" : "bad"} />
              {result.ok ? "It works." : "It does not work yet."}
            </p>
            <ul className="checks">
              {result.checks.map((check) => (
                <li key={check.name} className={check.ok === null ? "soft" : check.ok ? "good" : "bad"}>
                  <Icon name={check.ok === null ? "skip" : check.ok ? "good" : "bad"} />
                  <span>
                    <span className="hidden">{check.ok === null ? "Not tried: " : check.ok ? "Good: " : "Failed: "}</span>
                    <strong>{check.name}</strong>
                    <span className="line">{check.what}</span>
                    {check.what_to_do !== "" && <span className="line">{check.what_to_do}</span>}
                  </span>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </section>
  );
}
