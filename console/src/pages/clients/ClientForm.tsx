import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useMay } from "../../api/permissions";
import { Problem } from "../../api/problems";
import { Field, type Wiring } from "../../parts/Field";
import { ProblemNote } from "../../parts/ProblemNote";
import { levels } from "../levels/queries";
import { type Basics, METHODS, readBasics, writeBasics } from "./form";
import type { Metadata } from "./queries";

type ClientFormProps = {
  readonly metadata: Metadata;
  readonly policy: Metadata;
  readonly action: string;
  readonly onSave: (metadata: Metadata) => Promise<void>;
  readonly children?: (fault: (pointer: string) => string | undefined) => React.ReactNode;
};

/** What a client is and what it must show. Members that have no field here stay as they are. */
export function ClientForm({ metadata, policy, action, onSave, children }: ClientFormProps) {
  const [basics, setBasics] = useState(() => readBasics(metadata, policy));
  const [problem, setProblem] = useState<unknown>();
  const [state, setState] = useState<"idle" | "busy" | "saved">("idle");
  const mayWrite = useMay("clients:write");
  const known = useQuery({ ...levels, enabled: useMay("levels:read") });

  async function save() {
    setState("busy");
    setProblem(undefined);
    try {
      await onSave(writeBasics(metadata, policy, basics));
      setState("saved");
    } catch (error) {
      setProblem(error);
      setState("idle");
    }
  }

  const fault = (pointer: string) =>
    problem instanceof Problem ? problem.errors.find((error) => error.pointer.startsWith(pointer))?.detail : undefined;
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
  const own = basics.minimumAcr === "" ? {} : { [basics.minimumAcr]: basics.minimumAcr };
  return (
    <form
      className="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      {problem !== undefined && <ProblemNote problem={problem} focus />}
      <Field label="Name" hint="People read it when they sign in and when they are asked for consent." fault={fault("/metadata/client_name")}>
        {(wiring) => <input {...wiring} value={basics.name} maxLength={200} onChange={set("name")} />}
      </Field>
      {children?.(fault)}
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
        {select("acrValues", {
          necessary: "Are necessary: without them there is no sign-in",
          voluntary: "Are a wish: it gets the level that was reached",
        })}
      </Field>
      <Field label="Consent" fault={fault("/metadata/idp_policy/consent")}>
        {select("consent", { explicit: "People are asked", implicit: "Nobody is asked: it is one of ours" })}
      </Field>
      <Field label="Sign-out URIs" hint="Where people may be sent after signing out, one a line." optional fault={fault("/metadata/post_logout_redirect_uris")}>
        {(wiring) => <textarea {...wiring} className="mono" rows={2} spellCheck={false} value={basics.logouts} onChange={set("logouts")} />}
      </Field>
      {mayWrite && (
        <div className="actions">
          <button type="submit" className="button primary" disabled={state === "busy"}>
            {action}
          </button>
          <span role="status">{state === "saved" && "Saved."}</span>
        </div>
      )}
    </form>
  );
}
