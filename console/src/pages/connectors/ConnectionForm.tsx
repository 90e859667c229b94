import { useState } from "react";

import { useMay } from "../../api/permissions";
import { Problem } from "../../api/problems";
import { Conflict } from "../../parts/Conflict";
import { Field } from "../../parts/Field";
import { ProblemNote } from "../../parts/ProblemNote";
import { SchemaField, type Typed } from "../../parts/schema/SchemaField";
import { firstSettings, type Member, membersOf, readSettings } from "./form";
import { type Connection, type ConnectionType, saveConnection } from "./queries";
import { SecretField } from "./SecretField";

type Secrets = Readonly<Record<string, string | null>>;

/** The secrets that are to change: one that is undefined keeps its value, and is not sent. */
function given(secrets: Readonly<Record<string, string | null | undefined>>): Secrets {
  return Object.fromEntries(Object.entries(secrets).filter((entry): entry is [string, string | null] => entry[1] !== undefined));
}

type ConnectionFormProps = {
  readonly type: ConnectionType;
  readonly saved?: Connection;
  readonly etag?: string;
  readonly onSaved?: (name: string) => void;
};

/** The settings of a connection. What is wrong is said at its field, and nothing typed is lost. */
export function ConnectionForm({ type, saved, etag, onSaved }: ConnectionFormProps) {
  const mayWrite = useMay("connections:write");
  const members = membersOf(type);
  const [name, setName] = useState(saved?.name ?? "");
  const [description, setDescription] = useState(saved?.description ?? "");
  const [typed, setTyped] = useState(() => firstSettings(type, saved));
  const [secrets, setSecrets] = useState<Secrets>({});
  const [faults, setFaults] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<unknown>();
  const [state, setState] = useState<"idle" | "busy" | "saved">("idle");

  async function save(tag: string | undefined) {
    const read = readSettings(members, typed);
    const found = { ...read.faults, ...(name === "" && { "/name": "Give it a name." }) };
    setFaults(found);
    setProblem(undefined);
    if (Object.keys(found).length > 0) return;
    setState("busy");
    try {
      await saveConnection(name, tag, { type: type.type, description, settings: read.settings, secrets });
      setState("saved");
      onSaved?.(name);
    } catch (error) {
      setProblem(error);
      setState("idle");
    }
  }

  const at = (pointer: string) => faults[pointer] ?? (problem instanceof Problem ? problem.at(pointer) : undefined);
  const control = ({ name: member, title, hint, required, shape }: Member) => (
    <SchemaField
      key={member}
      shape={shape}
      title={title}
      hint={hint}
      required={required}
      fault={at(`/settings/${member}`)}
      typed={typed[member] ?? ""}
      onType={(value: Typed) => setTyped({ ...typed, [member]: value })}
    />
  );
  const secret = (one: ConnectionType["secrets"][number]) => (
    <SecretField
      key={one.name}
      title={one.title}
      required={one.required}
      isSet={saved?.secrets[one.name]?.set ?? false}
      fault={at(`/secrets/${one.name}`)}
      value={secrets[one.name]}
      onType={(value) => setSecrets((before) => given({ ...before, [one.name]: value }))}
    />
  );
  const more = members.filter((member) => !member.required);
  const hidden = [...more.map((member) => `/settings/${member.name}`)].some((pointer) => at(pointer) !== undefined);
  const current = problem instanceof Problem && problem.kind === "precondition-failed" ? problem : undefined;
  return (
    <form
      className="form"
      noValidate
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        void save(etag);
      }}
    >
      {current !== undefined ? (
        <Conflict
          mine={{ description, settings: readSettings(members, typed).settings }}
          problem={current}
          onOverwrite={() => void save(current.etag ?? (current.current as Connection).etag)}
        />
      ) : (
        problem !== undefined && <ProblemNote problem={problem} focus />
      )}
      {saved === undefined && (
        <Field label="Name" hint="Flows call it by this name: small letters, digits and underscores. It stays for good." fault={at("/name")}>
          {(wiring) => <input {...wiring} className="mono" value={name} maxLength={64} required spellCheck={false} onChange={(event) => setName(event.target.value)} />}
        </Field>
      )}
      <Field label="Description" hint="For you and your colleagues." optional fault={at("/description")}>
        {(wiring) => <input {...wiring} value={description} maxLength={500} onChange={(event) => setDescription(event.target.value)} />}
      </Field>
      {type.secrets.filter((one) => one.required).map(secret)}
      {members.filter((member) => member.required).map(control)}
      {more.length > 0 && (
        <details className="more" open={hidden || undefined}>
          <summary>More settings</summary>
          <div className="form">
            {more.map(control)}
            {type.secrets.filter((one) => !one.required).map(secret)}
          </div>
        </details>
      )}
      {mayWrite && (
        <div className="actions">
          <button type="submit" className="button primary" disabled={state === "busy"}>
            {saved === undefined ? "Connect" : "Save"}
          </button>
          <span role="status">{state === "saved" && "Saved."}</span>
        </div>
      )}
    </form>
  );
}
