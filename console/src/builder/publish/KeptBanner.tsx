import { useState } from "react";

import { useBuilder } from "../state/context";
import type { KeptText, Shelf } from "../state/saving";

/** Offers what this browser has kept of an earlier visit that the server never got. Nothing is lost either way. */
export function KeptBanner({ kept, shelf }: { readonly kept: KeptText | null; readonly shelf: Shelf }) {
  const { store } = useBuilder();
  const [isOpen, setOpen] = useState(kept !== null && kept.text !== store.getState().text);
  if (!isOpen || !kept) return null;
  return (
    <div className="b-banner" role="region" aria-label="Work that was not saved">
      <p>
        This browser has work on this flow that was not saved, from {new Date(kept.at).toLocaleString()}. You can go on with it; undo
        leads back.
      </p>
      <div className="actions">
        <button
          type="button"
          className="button primary b-small"
          onClick={() => {
            setOpen(false);
            store.getState().replace(kept.text, "Going on with what this browser has kept.");
          }}
        >
          Go on with it
        </button>
        <button
          type="button"
          className="button b-small"
          onClick={() => {
            setOpen(false);
            shelf.clear();
          }}
        >
          Throw it away
        </button>
      </div>
    </div>
  );
}
