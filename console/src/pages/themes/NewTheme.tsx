import { useState } from "react";
import { useNavigate } from "react-router";

import { answer, client } from "../../api/client";
import { Field } from "../../parts/Field";
import { Form } from "../../parts/Form";
import { Popup } from "../../parts/Popup";
import { PopupActions } from "../../parts/PopupActions";
import { useSubmission } from "../../parts/submission";
import { idFromTitle } from "../flows/naming";
import { readBase64 } from "./image";
import { saveTheme, type ThemeSummary } from "./queries";
import { emptyTheme, idFault, setMembers } from "./text";

type NewThemeProps = { readonly existing: readonly ThemeSummary[]; readonly copyOf?: string; readonly onClose: () => void };

/** Make a theme: from the look that comes with the provider, or as a copy of another. */
export function NewTheme({ onClose, ...rest }: NewThemeProps) {
  return (
    <Popup title="New theme" onClose={onClose}>
      <Naming {...rest} />
    </Popup>
  );
}

function Naming({ existing, copyOf = "" }: Omit<NewThemeProps, "onClose">) {
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [ownId, setOwnId] = useState<string>();
  const [source, setSource] = useState(copyOf);
  const submission = useSubmission(name !== "" || ownId !== undefined);
  const id = ownId ?? idFromTitle(name);
  const taken = existing.map((one) => one.id);

  function create() {
    const wrong = idFault(id, taken);
    const faults = {
      ...(name.trim() === "" && { "/name": "Give the theme a name." }),
      ...(wrong !== undefined && { "/id": wrong }),
    };
    return submission.send(() => make(id, name.trim(), source), () => navigate(`/themes/${id}`), faults);
  }

  return (
    <Form submission={submission} onSend={() => void create()}>
      <Field label="Name" hint="It stands at the top of its pages." fault={submission.fault("/name")}>
        {(wiring) => <input {...wiring} value={name} maxLength={60} onChange={(event) => setName(event.target.value)} />}
      </Field>
      <Field label="Id" hint="Clients name it by this. The one called default is worn by every page without another." fault={submission.taken ? "Somebody made a theme with this id meanwhile." : submission.fault("/id")}>
        {(wiring) => <input {...wiring} className="mono" value={id} maxLength={63} spellCheck={false} onChange={(event) => setOwnId(event.target.value)} />}
      </Field>
      <Field label="Start from">
        {(wiring) => (
          <select {...wiring} value={source} onChange={(event) => setSource(event.target.value)}>
            <option value="">The look that comes with the provider</option>
            {existing.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name ?? one.id}
              </option>
            ))}
          </select>
        )}
      </Field>
      <PopupActions submission={submission} action="Make the theme" />
    </Form>
  );
}

/** Save a theme that is new. A copy takes the image along. */
async function make(id: string, name: string, source: string): Promise<void> {
  if (source === "") {
    await saveTheme(id, undefined, emptyTheme(id, name), "Made", null);
    return;
  }
  const copied = await answer(client.GET("/themes/{theme_id}", { params: { path: { theme_id: source } } }));
  const logo = copied.logo_url === null ? null : await readBase64(await (await fetch(copied.logo_url)).blob());
  await saveTheme(id, undefined, setMembers(copied.text, { id, name }), `Copied from ${source}`, logo);
}
