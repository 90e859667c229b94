import { type ReactNode, useState } from "react";
import { Link, useSearchParams } from "react-router";

import { answer, client } from "../../api/client";
import type { components } from "../../api/schema.gen";
import { Chip } from "../../parts/Chip";
import { Empty } from "../../parts/Empty";
import { Field } from "../../parts/Field";
import { type Column, Listing } from "../../parts/Listing";
import { Page } from "../../parts/Page";
import { Pages } from "../../parts/Pages";
import { When } from "../../parts/When";
import { PURPOSES } from "../flows/purposes";
import { readWanted, runsPath, type Wanted } from "./address";
import { readReason, sayReason, STATUS_NAMES, statusOf } from "./words";

type RunSummary = components["schemas"]["RunSummary"];

const COLUMNS: readonly Column<RunSummary>[] = [
  { title: "Run", cell: (row) => <Link to={`/runs/${row.id}`}>Run {row.id}</Link> },
  {
    title: "Flow",
    cell: (row) => (
      <>
        {row.flow} <span className="soft small">version {row.version}</span> {row.variant === "trial" && <Chip tone="warn">Trial</Chip>}
      </>
    ),
  },
  { title: "For", cell: (row) => PURPOSES[row.purpose] ?? row.purpose },
  { title: "How it ended", cell: (row) => <Ending row={row} /> },
  { title: "Began", cell: (row) => <When at={row.created_at} /> },
];

/** How a run ended and why; the reason leads to all that ended for it. */
function Ending({ row: { status, reason } }: { readonly row: RunSummary }) {
  const [search] = useSearchParams();
  const wanted = readWanted(search);
  const words = reason === null || reason === "" ? undefined : sayReason(reason);
  return (
    <>
      <Chip tone={statusOf(status).tone}>{statusOf(status).words}</Chip>
      {words !== undefined && reason !== wanted.reason && (
        <Link className="line small" to={runsPath({ ...wanted, reason })}>
          <span className="hidden">Only runs that ended so: </span>
          {words}
        </Link>
      )}
      {words !== undefined && reason === wanted.reason && <span className="line soft small">{words}</span>}
    </>
  );
}

/** Every person's way through a flow, the newest first. */
export function RunsPage() {
  const [search, setSearch] = useSearchParams();
  const wanted = readWanted(search);
  const set = (name: keyof Wanted, value: string) => {
    const next = new URLSearchParams(search);
    if (value === "") next.delete(name);
    else next.set(name, value);
    setSearch(next);
  };
  return (
    <Page title="Runs" lede="What happened to people in flows, step by step. Nothing that anybody typed is in here.">
      <div className="toolbar" role="search">
        <TextFilter label="Flow" mono value={wanted.flow ?? ""} onSet={(typed) => set("flow", typed.trim())} />
        <Choice label="For" any="Anything" options={Object.entries(PURPOSES)} value={wanted.purpose} onSet={(value) => set("purpose", value)} />
        <Choice
          label="How it ended"
          any="Any way"
          options={STATUS_NAMES.map((name) => [name, statusOf(name).words])}
          value={wanted.status}
          onSet={(value) => set("status", value)}
        />
        <TextFilter label="Reason" value={sayReason(wanted.reason ?? "")} onSet={(typed) => set("reason", readReason(typed))} />
        {wanted.step != null && (
          <Only onDrop={() => set("step", "")} drop="Show every step’s">
            Only at the step <code>{wanted.step}</code>
          </Only>
        )}
        {wanted.user != null && (
          <Only onDrop={() => set("user", "")} drop="Show everybody’s">
            Only of <Link to={`/users/${wanted.user}`}>one person</Link>
          </Only>
        )}
      </div>
      <Pages
        queryKey={["runs", wanted]}
        read={(cursor) => answer(client.GET("/runs", { params: { query: { ...wanted, ...(cursor !== undefined && { cursor }) } } }))}
        empty={
          <Empty icon="runs" title="There are no such runs">
            A run begins when somebody meets a flow: they sign in, sign up, step up or recover.
          </Empty>
        }
      >
        {(items) => <Listing label="Runs" columns={COLUMNS} rows={items} rowKey={(row) => row.id} />}
      </Pages>
    </Page>
  );
}

type ChoiceProps = {
  readonly label: string;
  readonly any: string;
  readonly options: readonly (readonly [string, string])[];
  readonly value: string | null | undefined;
  readonly onSet: (value: string) => void;
};

function Choice({ label, any, options, value, onSet }: ChoiceProps) {
  return (
    <Field label={label}>
      {(wiring) => (
        <select {...wiring} value={value ?? ""} onChange={(event) => onSet(event.target.value)}>
          <option value="">{any}</option>
          {options.map(([name, words]) => (
            <option key={name} value={name}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

type TextFilterProps = { readonly label: string; readonly mono?: boolean; readonly value: string; readonly onSet: (typed: string) => void };

/** What is typed counts when it is left, or with Enter. It follows an address that changes by another way. */
function TextFilter({ label, mono = false, value, onSet }: TextFilterProps) {
  const [typed, setTyped] = useState(value);
  const [known, setKnown] = useState(value);
  if (known !== value) {
    setKnown(value);
    setTyped(value);
  }
  const settle = () => {
    if (typed !== value) onSet(typed);
  };
  return (
    <Field label={label} optional>
      {(wiring) => (
        <input
          {...wiring}
          className={mono ? "mono" : undefined}
          value={typed}
          maxLength={300}
          spellCheck={false}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={settle}
          onKeyDown={(event) => event.key === "Enter" && settle()}
        />
      )}
    </Field>
  );
}

type OnlyProps = { readonly drop: string; readonly onDrop: () => void; readonly children: ReactNode };

/** A condition that another page has set, and the way to drop it. */
function Only({ drop, onDrop, children }: OnlyProps) {
  return (
    <p>
      <span>{children}</span>
      <button type="button" className="button quiet" onClick={onDrop}>
        {drop}
      </button>
    </p>
  );
}
