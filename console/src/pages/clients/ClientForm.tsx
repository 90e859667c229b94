import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useMay } from "../../api/permissions";
import { Field, type Wiring } from "../../parts/Field";
import { Form } from "../../parts/Form";
import { type Submission, useSubmission } from "../../parts/submission";
import { levels } from "../levels/queries";
import { themes } from "../themes/queries";
import { type Basics, CONSENTS, METHODS, NECESSITIES, readBasics, sayClient, writeBasics } from "./form";
import type { Client, Metadata } from "./queries";

type ClientFormProps<T> = {
  readonly metadata: Metadata;
  readonly policy: Metadata;
  readonly action: string;
  /** Something typed in `children`. */
  readonly dirty?: boolean;
  /** Save it; `etag` is given where somebody chose to overwrite what another saved meanwhile. */
  readonly onSave: (metadata: Metadata, etag: string | undefined) => Promise<T>;
  readonly onSaved?: (made: T) => unknown;
  readonly children?: (submission: Submission) => React.ReactNode;
};

/** What a client is and what it must show. Members that have no field here stay as they are. */
export function ClientForm<T>({ metadata, policy, action, dirty = false, onSave, onSaved, children }: ClientFormProps<T>) {
  const [first] = useState(() => readBasics(metadata, policy));
  const [basics, setBasics] = useState(first);
  const submission = useSubmission(dirty || JSON.stringify(basics) !== JSON.stringify(first));
  const { fault } = submission;
  const mayWrite = useMay("clients:write");
  const known = useQuery({ ...levels, enabled: useMay("levels:read") });

  const looks = useQuery({ ...themes, enabled: useMay("themes:read") });

  function save(etag?: string) {
    const faults = {
      ...(basics.name.trim() === "" && { "/metadata/client_name": "Give it a name that people know it by." }),
      ...(basics.redirects.trim() === "" && { "/metadata/redirect_uris": "Without an address nobody can be sent back." }),
    };
    return submission.send(() => onSave(writeBasics(metadata, policy, basics), etag), onSaved, faults);
  }

  const set = (name: keyof Basics) => (event: { readonly target: { readonly value: string } }) =>
    setBasics({ ...basics, [name]: event.target.value });
  const select = (name: keyof Basics, options: Readonly<Record<string, string>>) => (wiring: Wiring) => (
    <select {...wiring} value={basics[name]} onChange={set(name)}>
      {Object.entries(options).map(([value, words]) => (
        <option key={value} value={value}>
          {words}
        </option>
      ))}
    </select>
  );
  const acrs = Object.fromEntries((known.data?.levels ?? []).filter((level) => !level.recovery).map((level) => [level.acr, level.acr]));
  const themeNames = Object.fromEntries((looks.data ?? []).filter((one) => one.id !== "default").map((one) => [one.id, one.name ?? one.id]));
  const ownTheme = first.theme === "" ? {} : { [first.theme]: first.theme };
  const own = basics.minimumAcr === "" ? {} : { [basics.minimumAcr]: basics.minimumAcr };
  return (
    <Form
      submission={submission}
      readOnly={!mayWrite}
      onSend={() => void save()}
      conflict={{
        mine: sayClient(basics),
        theirs: (current) => sayClient(readBasics((current as Client).metadata, (current as Client).policy)),
        onOverwrite: (etag) => void save(etag),
      }}
    >
      <Field label="Name" hint="People read it when they sign in and when they are asked for consent." fault={fault("/metadata/client_name")}>
        {(wiring) => <input {...wiring} value={basics.name} maxLength={200} onChange={set("name")} />}
      </Field>
      {children?.(submission)}
      <Field label="Redirect URIs" hint="Where people may be sent back to, one a line. They are compared character by character." fault={fault("/metadata/redirect_uris")}>
        {(wiring) => <textarea {...wiring} className="mono" rows={3} spellCheck={false} value={basics.redirects} onChange={set("redirects")} />}
      </Field>
      <Field label="How it proves who it is" fault={fault("/metadata/token_endpoint_auth_method")}>
        {select("method", METHODS)}
      </Field>
      <Field label="Scopes" hint="What it may ask for, with spaces between." fault={fault("/metadata/scope")}>
        {(wiring) => <input {...wiring} className="mono" spellCheck={false} value={basics.scope} onChange={set("scope")} />}
      </Field>
      <Field label="At least this level" hint="People must reach it for every sign-in; no request can ask for less." fault={fault("/metadata/idp_policy/minimum_acr")}>
        {select("minimumAcr", { "": "Any level", ...own, ...acrs })}
      </Field>
      <Field label="Levels that it asks for" fault={fault("/metadata/idp_policy/acr_values")}>
        {select("acrValues", NECESSITIES)}
      </Field>
      <Field label="Consent" fault={fault("/metadata/idp_policy/consent")}>
        {select("consent", CONSENTS)}
      </Field>
      <Field label="Theme" hint="How sign-in pages look for people who come from here." fault={fault("/metadata/idp_policy/theme")}>
        {select("theme", { "": "The default", ...ownTheme, ...themeNames })}
      </Field>
      <Field label="Sign-out URIs" hint="Where people may be sent after signing out, one a line." optional fault={fault("/metadata/post_logout_redirect_uris")}>
        {(wiring) => <textarea {...wiring} className="mono" rows={2} spellCheck={false} value={basics.logouts} onChange={set("logouts")} />}
      </Field>
      {mayWrite && (
        <div className="actions">
          <button type="submit" className="button primary" disabled={submission.busy}>
            {action}
          </button>
          <span role="status">{submission.saved && "Saved."}</span>
        </div>
      )}
    </Form>
  );
}
