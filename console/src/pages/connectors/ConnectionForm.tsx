import { useState } from "react";

import { useMay } from "../../api/permissions";
import type { Side } from "../../parts/Conflict";
import { Field } from "../../parts/Field";
import { Form } from "../../parts/Form";
import { SchemaField, type Typed } from "../../parts/schema/SchemaField";
import { useSubmission } from "../../parts/submission";
import { firstSettings, type Member, membersOf, readSettings, sayConnection } from "./form";
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
  const [first] = useState(() => JSON.stringify([name, description, typed, {}]));
  const submission = useSubmission(JSON.stringify([name, description, typed, given(secrets)]) !== first);
  const at = submission.fault;

  function save(tag: string | undefined) {
    const read = readSettings(members, typed);
    const faults = { ...read.faults, ...(name === "" && { "/name": "Give it a name." }) };
    const written = { type: type.type, description, settings: read.settings, secrets: given(secrets) };
    return submission.send(() => saveConnection(name, tag, written), () => onSaved?.(name), faults);
  }

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
  const optional = type.secrets.filter((one) => !one.required);
  const pointers = [...more.map((member) => `/settings/${member.name}`), ...optional.map((one) => `/secrets/${one.name}`)];
  const hidden = pointers.some((pointer) => at(pointer) !== undefined);
  const say = (one: Pick<Connection, "description" | "settings">): Side => sayConnection(members, one);
  return (
    <Form
      submission={submission}
      readOnly={!mayWrite}
      onSend={() => void save(etag)}
      conflict={{
        mine: say({ description, settings: readSettings(members, typed).settings }),
        theirs: (current) => say(current as Connection),
        onOverwrite: (now) => void save(now),
      }}
    >
      {saved === undefined && (
        <Field label="Name" hint="Flows call it by this name: small letters, digits and underscores. It stays for good." fault={submission.taken ? "There is a connection of this name already." : at("/name")}>
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
            {optional.map(secret)}
          </div>
        </details>
      )}
      {mayWrite && (
        <div className="actions">
          <button type="submit" className="button primary" disabled={submission.busy}>
            {saved === undefined ? "Connect" : "Save"}
          </button>
          <span role="status">{submission.saved && "Saved."}</span>
        </div>
      )}
    </Form>
  );
}
