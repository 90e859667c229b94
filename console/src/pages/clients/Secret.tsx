import { useState } from "react";

import type { ClientWithSecret } from "./queries";

/** A new secret, the only time that it is shown. */
export function Secret({ made }: { readonly made: ClientWithSecret }) {
  const [copied, setCopied] = useState(false);
  if (made.client_secret === null) return null;
  const secret = made.client_secret;
  return (
    <div className="form">
      <p className="note warn">Copy the secret now. It is stored as a digest only, and nobody can show it again.</p>
      <dl className="facts">
        <dt>Client ID</dt>
        <dd>
          <code>{made.client_id}</code>
        </dd>
        <dt>Secret</dt>
        <dd>
          <code>{secret}</code>
        </dd>
      </dl>
      <div className="actions">
        <button type="button" className="button" onClick={() => void navigator.clipboard.writeText(secret).then(() => setCopied(true))}>
          Copy the secret
        </button>
        <span role="status">{copied && "Copied."}</span>
      </div>
    </div>
  );
}
