import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { components } from "../api/schema.gen";
import { AskReason } from "./AskReason";
import { Chip } from "./Chip";
import { Field } from "./Field";
import { type Column, Listing } from "./Listing";
import { Loaded } from "./Loaded";
import { Pages } from "./Pages";
import { Popup } from "./Popup";
import { TextDiff } from "./TextDiff";
import { Exactly } from "./When";

type Head = components["schemas"]["DocumentHead"];
type Text = { readonly version: number; readonly text: string };

type VersionsProps = {
  /** What it is that has versions, as a name that nothing else has. */
  readonly name: string;
  readonly current: number;
  readonly mayWrite: boolean;
  readonly list: (cursor: string | undefined) => Promise<{ readonly items: readonly Head[]; readonly next: string | null }>;
  readonly read: (version: number) => Promise<Text>;
  /** Put the text of a version in force again. */
  readonly onRollBack: (version: Text, message: string) => Promise<unknown>;
};

/** Every version of a document: who made it and why, what differs from another, and the way back to it. */
export function Versions({ name, current, mayWrite, list, read, onRollBack }: VersionsProps) {
  const [compared, setCompared] = useState<number>();
  const [returning, setReturning] = useState<number>();
  const columns: readonly Column<Head>[] = [
    {
      title: "Version",
      cell: (row) => (
        <span className="chips">
          <strong>{row.version}</strong>
          {row.version === current && <Chip tone="good">In force</Chip>}
          {row.removed && <Chip>Removed</Chip>}
        </span>
      ),
    },
    { title: "What changed", cell: (row) => row.message || <span className="soft">Nothing was said</span> },
    { title: "By", cell: (row) => row.author },
    { title: "When", cell: (row) => <Exactly at={row.created_at} /> },
    {
      title: "Actions",
      hideTitle: true,
      cell: (row) =>
        row.version === current || row.removed ? null : (
          <span className="row-actions">
            <button type="button" className="button" aria-label={`Compare version ${row.version}`} onClick={() => setCompared(row.version)}>
              Compare
            </button>
            {mayWrite && (
              <button type="button" className="button" aria-label={`Go back to version ${row.version}`} onClick={() => setReturning(row.version)}>
                Go back
              </button>
            )}
          </span>
        ),
    },
  ];
  return (
    <Pages queryKey={[name, "versions", current]} read={list} empty={<p className="soft">There is no version yet.</p>}>
      {(items) => (
        <>
          <Listing label="Versions" columns={columns} rows={items} rowKey={(row) => row.version} />
          {compared !== undefined && (
            <Compare
              name={name}
              from={compared}
              current={current}
              others={items.filter((one) => !one.removed && one.version !== compared)}
              read={read}
              onClose={() => setCompared(undefined)}
            />
          )}
          {returning !== undefined && (
            <Return name={name} version={returning} current={current} read={read} onRollBack={onRollBack} onClose={() => setReturning(undefined)} />
          )}
        </>
      )}
    </Pages>
  );
}

type CompareProps = Pick<VersionsProps, "name" | "current" | "read"> & {
  readonly from: number;
  readonly others: readonly Head[];
  readonly onClose: () => void;
};

function Compare({ name, from, current, others, read, onClose }: CompareProps) {
  const [to, setTo] = useState(current);
  return (
    <Popup title={`Version ${from} beside another`} wide onClose={onClose}>
      <Field label="Compare with">
        {(wiring) => (
          <select {...wiring} value={to} onChange={(event) => setTo(Number(event.target.value))}>
            {others.map((one) => (
              <option key={one.version} value={one.version}>
                {sayVersion(one.version, current)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Difference name={name} from={Math.min(from, to)} to={Math.max(from, to)} current={current} read={read} />
    </Popup>
  );
}

type ReturnProps = Pick<VersionsProps, "name" | "current" | "read" | "onRollBack"> & {
  readonly version: number;
  readonly onClose: () => void;
};

function Return({ name, version, current, read, onRollBack, onClose }: ReturnProps) {
  return (
    <AskReason
      title={`Go back to version ${version}?`}
      action="Put it in force"
      label="What changes"
      reason={`Back to version ${version}`}
      pointer="/message"
      wide
      onClose={onClose}
      onDo={async (message) => onRollBack(await read(version), message)}
    >
      <p>Its text becomes a new version, in force everywhere at once. This is what it changes:</p>
      <Difference name={name} from={current} to={version} current={current} read={read} />
    </AskReason>
  );
}

type DifferenceProps = Pick<VersionsProps, "name" | "current" | "read"> & { readonly from: number; readonly to: number };

function Difference({ name, from, to, current, read }: DifferenceProps) {
  const both = useQuery({
    queryKey: [name, "difference", from, to],
    queryFn: () => Promise.all([read(from), read(to)]),
    staleTime: Infinity, // versions never change
  });
  return (
    <Loaded query={both}>
      {([one, other]) => (
        <TextDiff label="Text" from={one.text} to={other.text} fromTitle={sayVersion(from, current)} toTitle={sayVersion(to, current)} />
      )}
    </Loaded>
  );
}

function sayVersion(version: number, current: number): string {
  return version === current ? `Version ${version}, in force` : `Version ${version}`;
}
