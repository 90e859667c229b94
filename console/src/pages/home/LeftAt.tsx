import type { ReactNode } from "react";
import { Link } from "react-router";

import { useMay } from "../../api/permissions";
import type { components } from "../../api/schema.gen";
import { Listing } from "../../parts/Listing";
import { Section } from "../../parts/Section";
import { PURPOSES } from "../flows/purposes";
import { runsPath } from "../runs/address";
import { share } from "./share";

type Left = components["schemas"]["StepLeft"];

/** At which step people leave a flow for good, the most first. */
export function LeftAt({ steps }: { readonly steps: readonly Left[] }) {
  return (
    <Section title="Where people leave">
      {steps.length === 0 ? (
        <p className="soft">Everybody came to an end in this time, or is still under way.</p>
      ) : (
        <Listing
          label="Steps that people leave at"
          rows={steps}
          rowKey={(row) => `${row.flow} ${row.purpose} ${row.step}`}
          columns={[
            { title: "Step", cell: (row) => <Place row={row} /> },
            { title: "Left", cell: (row) => <Share part={row.expired + row.ended} whole={row.begun} /> },
            { title: "How", cell: (row) => <Ways row={row} /> },
          ]}
        />
      )}
    </Section>
  );
}

function Place({ row }: { readonly row: Left }) {
  const seesFlows = useMay("flows:read");
  return (
    <>
      <code>{row.step}</code>
      <span className="line soft small">
        {seesFlows ? <Link to={`/flows/${encodeURIComponent(row.flow)}`}>{row.flow}</Link> : row.flow}, {PURPOSES[row.purpose] ?? row.purpose}
      </span>
    </>
  );
}

/** A part of those who began. The words say it; the bar helps to compare. */
function Share({ part, whole }: { readonly part: number; readonly whole: number }) {
  return (
    <>
      {share(part, whole)}
      <span className="bar thin" aria-hidden>
        <span className="warn" style={{ flexGrow: part }} />
        <span className="rest" style={{ flexGrow: whole - part }} />
      </span>
    </>
  );
}

function Ways({ row }: { readonly row: Left }) {
  return (
    <>
      {row.expired > 0 && <Runs row={row} status="expired">{`${row.expired.toLocaleString()} ran out of time`}</Runs>}
      {row.ended > 0 && <Runs row={row} status="ended">{`${row.ended.toLocaleString()} were cut short`}</Runs>}
    </>
  );
}

type RunsProps = { readonly row: Left; readonly status: "expired" | "ended"; readonly children: ReactNode };

function Runs({ row, status, children }: RunsProps) {
  return (
    <span className="line">
      {useMay("runs:read") ? <Link to={runsPath({ flow: row.flow, purpose: row.purpose, step: row.step, status })}>{children}</Link> : children}
    </span>
  );
}
