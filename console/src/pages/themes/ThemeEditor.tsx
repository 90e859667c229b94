import { useRef, useState } from "react";
import { flushSync } from "react-dom";

import { DocumentEditor } from "../../parts/DocumentEditor";
import type { Tagged } from "../../parts/Editing";
import { Section } from "../../parts/Section";
import { Switch } from "../../parts/Switch";
import { faultsAt } from "./faults";
import { Logo } from "./Logo";
import { readLook } from "./look";
import { LookFields } from "./LookFields";
import { saveTheme, type Theme } from "./queries";
import { logoOf, setMembers } from "./text";
import { ThemePreview } from "./ThemePreview";
import { type Choice, usePreview } from "./usePreview";

const VIEWS = { look: "Look", text: "Text" } as const;
export type View = keyof typeof VIEWS;

type ThemeEditorProps = {
  readonly base: Tagged<Theme>;
  readonly mayWrite: boolean;
  readonly view: View;
  readonly onView: (view: View) => void;
  readonly choice: Choice;
  readonly onChoice: (choice: Choice) => void;
};

/** A theme by fields or as text, with a page in it beside. The fields are over the same text, which is what is saved. */
export function ThemeEditor({ base, mayWrite, view, onView, choice, onChoice }: ThemeEditorProps) {
  const { id, text, default_look } = base.body;
  const [typed, setTyped] = useState(text);
  const [image, setImage] = useState<string | null>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const preview = usePreview(typed, image, choice);
  const read = readLook(typed);

  function name(logo: string | undefined, chosen: string | null) {
    setImage(chosen);
    setTyped(setMembers(typed, { logo }));
  }

  function toText() {
    flushSync(() => onView("text"));
    area.current?.focus();
  }

  const logo = mayWrite && (
    <Logo
      name={logoOf(typed)}
      finding={faultsAt(preview.faults, "logo")[0]?.text}
      onChoose={(file, chosen) => name(file, chosen)}
      onRemove={() => name(undefined, null)}
    />
  );
  const fields =
    "fault" in read ? (
      <Unreadable fault={read.fault} onText={toText} />
    ) : (
      <fieldset className="form" disabled={!mayWrite}>
        <LookFields text={typed} look={read.look} otherwise={default_look} faults={preview.faults} logo={logo} onType={setTyped} />
      </fieldset>
    );
  return (
    <div className="twins">
      <Section title="Document" actions={<Switch label="How it is edited" options={VIEWS} chosen={view} onChoose={onView} />}>
        <DocumentEditor
          label="Theme"
          text={text}
          typed={typed}
          onType={setTyped}
          dirty={image !== null}
          mayWrite={mayWrite}
          onSave={(written, message, etag) => saveTheme(id, etag ?? base.etag, written, message, image)}
          area={area}
          {...(view === "look" && { fields })}
        >
          {view === "text" && "look" in read && logo}
        </DocumentEditor>
      </Section>
      <Section title="Preview">
        <ThemePreview preview={preview} choice={choice} onChoice={onChoice} />
      </Section>
    </div>
  );
}

/** Fields are over a text that says something; this one does not. */
function Unreadable({ fault, onText }: { readonly fault: string; readonly onText: () => void }) {
  return (
    <div className="note warn">
      <div>
        <p className="note-title">This text cannot be edited by fields</p>
        <p>{fault} Mend it as text; nothing of it is lost.</p>
        <button type="button" className="button" onClick={onText}>
          Edit the text
        </button>
      </div>
    </div>
  );
}
