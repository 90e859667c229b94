import { SelectField, TextField } from "../parts/TextField";
import type { Scene } from "./script";

interface SceneFormProps {
  readonly scene: Scene;
  readonly isBusy: boolean;
  readonly onChange: (scene: Scene) => void;
  readonly onRun: () => void;
}

const YES_NO = [
  { value: "", title: "as the flow assumes" },
  { value: "yes", title: "yes" },
  { value: "no", title: "no" },
];

export const LOCALES = [
  { value: "en", title: "English" },
  { value: "de", title: "Deutsch" },
  { value: "es", title: "Español" },
  { value: "ar", title: "العربية" },
];

/** Who comes, from where, and with which request. */
export function SceneForm({ scene, isBusy, onChange, onRun }: SceneFormProps) {
  const put = (change: Partial<Scene>) => onChange({ ...scene, ...change });
  return (
    <form
      className="b-scene"
      aria-label="What is imagined"
      onSubmit={(event) => {
        event.preventDefault();
        onRun();
      }}
    >
      <TextField label="Levels asked for" placeholder="urn:idp:acr:idv" value={scene.acr} onCommit={(acr) => put({ acr })} />
      <TextField label="Person" help="An e-mail address, to read real facts; empty to imagine somebody." value={scene.user} onCommit={(user) => put({ user })} />
      <TextField label="Client" help="A client id; empty to imagine one." value={scene.client} onCommit={(client) => put({ client })} />
      <details className="b-details">
        <summary>More that is imagined</summary>
        <SelectField label="Known" value={scene.known} options={YES_NO} onChange={(known) => put({ known: known as Scene["known"] })} />
        <SelectField
          label="Identity enrolled"
          value={scene.enrolled}
          options={YES_NO}
          onChange={(enrolled) => put({ enrolled: enrolled as Scene["enrolled"] })}
        />
        <TextField label="Credentials" placeholder="password, totp" value={scene.credentials} onCommit={(credentials) => put({ credentials })} />
        <TextField label="Session" placeholder="pwd=2h, or none" value={scene.session} onCommit={(session) => put({ session })} />
        <TextField label="Context, as JSON" multiline mono value={scene.context} onCommit={(context) => put({ context })} />
        <SelectField label="Language" value={scene.locale} options={LOCALES} onChange={(locale) => put({ locale })} />
      </details>
      <button type="submit" className="button primary" aria-disabled={isBusy}>
        {isBusy ? "Running …" : "Run"}
      </button>
    </form>
  );
}
