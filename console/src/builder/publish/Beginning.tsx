import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Page } from "../../parts/Page";
import { templates } from "../data/reading";
import { setHead } from "../model/settings";
import { editText } from "../model/text";
import { SelectField } from "../parts/TextField";
import { TemplateGallery } from "./TemplateGallery";

const PURPOSES = [
  { value: "step_up", title: "Step up: confirm who it is" },
  { value: "sign_in", title: "Sign in" },
  { value: "sign_up", title: "Sign up" },
  { value: "recovery", title: "Recovery" },
];

interface BeginningProps {
  readonly id: string;
  readonly mayWrite: boolean;
  readonly onBegin: (text: string) => void;
}

/** A flow that does not exist yet: begin with an empty drawing, or from a template. */
export function Beginning({ id, mayWrite, onBegin }: BeginningProps) {
  const [title, setTitle] = useState("");
  const [purpose, setPurpose] = useState("step_up");
  const found = useQuery(templates);
  if (!mayWrite) return <Page title="There is no such flow" lede={`Nobody has made a flow called ${id}, and you may not make one.`} />;
  return (
    <Page title="A new flow" lede={<>It will be called <code>{id}</code>.</>}>
      <form
        className="card b-form"
        onSubmit={(event) => {
          event.preventDefault();
          onBegin(writeEmpty(id, title.trim() || id, purpose));
        }}
      >
        <h2>Empty drawing</h2>
        <label className="b-field">
          <span>Title</span>
          <input value={title} maxLength={200} autoFocus onChange={(event) => setTitle(event.target.value)} />
        </label>
        <SelectField label="What it is for" value={purpose} options={PURPOSES} onChange={setPurpose} />
        <div className="actions">
          <button type="submit" className="button primary">
            Begin
          </button>
        </div>
      </form>
      <h2>From a template</h2>
      <TemplateGallery
        templates={found.data?.templates ?? []}
        isLoading={found.isPending}
        onChoose={(template) => onBegin(editText(template.text, (doc) => setHead(doc, "id", id)))}
      />
    </Page>
  );
}

/** The least that a flow says; steps and start come with drawing. */
export function writeEmpty(id: string, title: string, purpose: string): string {
  return `id: ${id}\ntitle: ${JSON.stringify(title)}\npurpose: ${purpose}\ndeadline: 15m\nstart: ""\nsteps: {}\n`;
}
