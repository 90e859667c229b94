import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useNavigate } from "react-router";

import { Field } from "../../parts/Field";
import { Form } from "../../parts/Form";
import { Loaded } from "../../parts/Loaded";
import { Popup } from "../../parts/Popup";
import { useSubmission } from "../../parts/submission";
import { TabSet } from "../../parts/TabSet";
import { emptyFlow, idFault, idFromTitle, readHead, rename } from "./naming";
import { PURPOSES } from "./purposes";
import { createDraft, templates } from "./queries";

type NewFlowProps = { readonly taken: readonly string[]; readonly onClose: () => void };
type Start = { readonly text: string; readonly title: string; readonly needs: readonly string[] };

/** Make a flow: from a template, from nothing, or from a file. What comes of it is a draft. */
export function NewFlow({ taken, onClose }: NewFlowProps) {
  const [start, setStart] = useState<Start>();
  return (
    <Popup title="New flow" wide onClose={onClose}>
      {start === undefined ? (
        <TabSet
          label="Where to start"
          items={[
            { id: "template", title: "From a template", panel: <Templates onChoose={setStart} /> },
            { id: "empty", title: "Empty", panel: <EmptyStart taken={taken} /> },
            { id: "file", title: "From a file", panel: <FileStart onChoose={setStart} /> },
          ]}
        />
      ) : (
        <Naming
          taken={taken}
          title={start.title}
          make={(id, title) => rename(start.text, id, title)}
          onBack={() => setStart(undefined)}
        >
          {start.needs.length > 0 && (
            <div className="note">
              <div>
                <p className="note-title">What it needs before it can be published</p>
                <ul className="faults">
                  {start.needs.map((need) => (
                    <li key={need}>{need}</li>
                  ))}
                </ul>
              </div>
            </div>
          )}
        </Naming>
      )}
    </Popup>
  );
}

function Templates({ onChoose }: { readonly onChoose: (start: Start) => void }) {
  const all = useQuery(templates);
  return (
    <Loaded query={all}>
      {(found) => (
        <div className="choices">
          {found.map((template) => (
            <button key={template.id} type="button" className="choice-card" onClick={() => onChoose(template)}>
              <span className="chip">{PURPOSES[template.purpose] ?? template.purpose}</span>
              <strong>{template.title}</strong>
              <span className="soft">{template.summary}</span>
            </button>
          ))}
        </div>
      )}
    </Loaded>
  );
}

function EmptyStart({ taken }: { readonly taken: readonly string[] }) {
  const [purpose, setPurpose] = useState("step_up");
  return (
    <Naming taken={taken} title="" make={(id, title) => emptyFlow(id, title, purpose)}>
      <Field label="What it is for">
        {(wiring) => (
          <select {...wiring} value={purpose} onChange={(event) => setPurpose(event.target.value)}>
            {Object.entries(PURPOSES).map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        )}
      </Field>
    </Naming>
  );
}

function FileStart({ onChoose }: { readonly onChoose: (start: Start) => void }) {
  const [fault, setFault] = useState<string>();

  async function read(file: File | undefined) {
    if (file === undefined) return;
    const text = file.size <= 262_144 ? await file.text() : "";
    const head = readHead(text);
    if (head === undefined) setFault("This is no flow: a flow is a YAML file that begins with its id and title.");
    else onChoose({ text, title: head.title || head.id, needs: [] });
  }

  return (
    <Field label="A flow's file" hint="YAML, as `idp export` or the builder writes it." fault={fault}>
      {(wiring) => (
        <input {...wiring} type="file" accept=".yaml,.yml,application/yaml" onChange={(event) => void read(event.target.files?.[0])} />
      )}
    </Field>
  );
}

type NamingProps = {
  readonly taken: readonly string[];
  readonly title: string;
  readonly make: (id: string, title: string) => string;
  readonly onBack?: () => void;
  readonly children?: ReactNode;
};

/** Name a flow and create its draft. The id follows the title until somebody writes their own. */
function Naming({ taken, title: first, make, onBack, children }: NamingProps) {
  const navigate = useNavigate();
  const [title, setTitle] = useState(first);
  const [ownId, setOwnId] = useState<string>();
  const submission = useSubmission(title !== first || ownId !== undefined);
  const id = ownId ?? idFromTitle(title);

  function create() {
    const wrong = idFault(id, taken);
    const faults = {
      ...(title.trim() === "" && { "/title": "Give the flow a title." }),
      ...(wrong !== undefined && { "/id": wrong }),
    };
    return submission.send(() => createDraft(id, make(id, title.trim())), () => navigate(`/flows/${id}`), faults);
  }

  return (
    <Form submission={submission} onSend={() => void create()}>
      <Field label="Title" hint="People who operate the provider see it." fault={submission.fault("/title")}>
        {(wiring) => <input {...wiring} value={title} maxLength={200} onChange={(event) => setTitle(event.target.value)} />}
      </Field>
      <Field
        label="Id"
        hint="Clients and other flows refer to it. It cannot be changed later."
        fault={submission.taken ? "Somebody made a flow with this id meanwhile." : submission.fault("/id")}
      >
        {(wiring) => (
          <input
            {...wiring}
            className="mono"
            value={id}
            maxLength={64}
            spellCheck={false}
            onChange={(event) => setOwnId(event.target.value)}
          />
        )}
      </Field>
      {children}
      <div className="actions">
        <button type="submit" className="button primary" disabled={submission.busy}>
          Make the draft
        </button>
        {onBack !== undefined && (
          <button type="button" className="button" onClick={onBack}>
            Back
          </button>
        )}
      </div>
    </Form>
  );
}
