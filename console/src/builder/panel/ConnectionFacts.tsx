import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { healthOf } from "../../pages/connectors/words";
import { Chip } from "../../parts/Chip";
import { connections } from "../data/connectionChoices";
import { type Tested, testConnection } from "../data/testConnection";

/** How a connection fares, and its Test. Its settings are on its own page. */
export function ConnectionFacts({ name }: { readonly name: string }) {
  const found = useQuery(connections);
  const [tested, setTested] = useState<Tested | "running" | null>(null);
  const head = found.data?.find((one) => one.name === name);
  if (!head) return null;
  const health = healthOf(head);
  return (
    <div className="b-connection">
      <p className="small">
        <span className="chip">{head.type}</span> <Chip tone={health.tone}>{health.words}</Chip>{" "}
        <a href={`/console/connectors/${encodeURIComponent(name)}`}>Settings</a>
      </p>
      <button
        type="button"
        className="button b-small"
        disabled={tested === "running"}
        onClick={() => {
          setTested("running");
          void testConnection(name).then(setTested);
        }}
      >
        Test the connection
      </button>
      <div role="status" className="small">
        {tested === "running" && "Testing …"}
        {tested !== null && tested !== "running" && <TestResult tested={tested} />}
      </div>
    </div>
  );
}

function TestResult({ tested }: { readonly tested: Tested }) {
  if (tested.checks.length === 0) return <p>{tested.ok ? "It answers." : tested.message}</p>;
  return (
    <ul className="b-tests">
      {tested.checks.map((check) => (
        <li key={check.name} data-ok={check.ok}>
          {check.ok ? "✓" : "✗"} {check.name}: {check.what}
          {!check.ok && check.what_to_do !== "" && <> {check.what_to_do}</>}
        </li>
      ))}
    </ul>
  );
}
