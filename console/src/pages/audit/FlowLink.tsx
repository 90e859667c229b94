import { Link } from "react-router";

import { comparisonPath } from "../../builder/publish/comparison";
import type { Entry } from "./entry";
import { sayChanges } from "./words";

/** Where an entry about a flow leads: to what its version differs in from the one before, or to the flow. */
export function FlowLink({ entry: { action, data } }: { readonly entry: Entry }) {
  const { flow, version, before, changes: told } = data;
  if (!action.startsWith("flow.") || typeof flow !== "string") return null;
  const changes = sayChanges(told);
  return (
    <>
      {typeof version === "number" && typeof before === "number" && version !== before ? (
        <Link className="line" to={comparisonPath(flow, before, version)}>
          {flow}: version {before} to {version}
        </Link>
      ) : (
        <Link className="line" to={`/flows/${encodeURIComponent(flow)}`}>
          {flow}
          {typeof version === "number" && `: version ${version}`}
        </Link>
      )}
      {changes !== "" && <span className="line soft small">{changes}</span>}
    </>
  );
}
