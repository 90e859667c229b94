import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useMay } from "../../api/permissions";
import { me } from "../../api/queries";
import { Field } from "../../parts/Field";
import { Section } from "../../parts/Section";
import { levels } from "../levels/queries";
import type { Client } from "./queries";
import { requestOf } from "./request";

/** A sign-in as this client would ask for it. It ends at the client, which refuses it: the client did not begin it. */
export function TrySignIn({ client }: { readonly client: Client }) {
  const issuer = useQuery(me).data?.issuer ?? "";
  const known = useQuery({ ...levels, enabled: useMay("levels:read") });
  const [acr, setAcr] = useState("");
  const [fresh, setFresh] = useState(true);
  const request = requestOf(client, { acr, fresh });
  if (request === undefined) return null;
  return (
    <Section title="Try its sign-in">
      <p className="soft">Opens the pages as people see them. At the end the client refuses the answer, because it did not ask.</p>
      <Field label="Ask for the level">
        {(wiring) => (
          <select {...wiring} value={acr} onChange={(event) => setAcr(event.target.value)}>
            <option value="">None: what the client needs</option>
            {(known.data?.levels ?? []).map((level) => (
              <option key={level.acr}>{level.acr}</option>
            ))}
          </select>
        )}
      </Field>
      <label className="check">
        <input type="checkbox" checked={fresh} onChange={(event) => setFresh(event.target.checked)} />
        <span>Sign in anew, even if somebody is signed in here</span>
      </label>
      <div>
        <a className="button" href={`${issuer}/authorize?${request}`} target="_blank" rel="noopener noreferrer">
          Open a sign-in
        </a>
      </div>
    </Section>
  );
}
