import { useState } from "react";

import { Field } from "../../parts/Field";
import { fileFault, readBase64 } from "./image";

type LogoProps = {
  readonly name: string | undefined;
  readonly onChoose: (name: string, image: string) => void;
  readonly onRemove: () => void;
  /** What the server finds wrong with it. */
  readonly finding?: string | undefined;
};

/** The image at the top of pages and mails. */
export function Logo({ name, onChoose, onRemove, finding }: LogoProps) {
  const [fault, setFault] = useState<string>();

  async function read(file: File | undefined) {
    if (file === undefined) return;
    const wrong = fileFault(file);
    setFault(wrong);
    if (wrong === undefined) onChoose(file.name, await readBase64(file));
  }

  return (
    <Field label="Logo" hint={name === undefined ? "An SVG or PNG of at most 100 kB." : `Now it is ${name}.`} optional fault={fault ?? finding}>
      {(wiring) => (
        <div className="actions">
          <input {...wiring} type="file" accept=".svg,.png" onChange={(event) => void read(event.target.files?.[0])} />
          {name !== undefined && (
            <button type="button" className="button quiet" onClick={onRemove}>
              Take the logo away
            </button>
          )}
        </div>
      )}
    </Field>
  );
}
