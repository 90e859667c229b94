import { Popup } from "./Popup";

/** The question whether what was typed may go. Staying is what happens by itself. */
export function LeaveDialog({ onStay, onLeave }: { readonly onStay: () => void; readonly onLeave: () => void }) {
  return (
    <Popup title="Leave without saving?" onClose={onStay}>
      <p>What you typed on this page is not saved. If you leave, it is gone.</p>
      <div className="actions">
        <button type="button" className="button primary" autoFocus onClick={onStay}>
          Stay here
        </button>
        <button type="button" className="button danger" onClick={onLeave}>
          Leave without saving
        </button>
      </div>
    </Popup>
  );
}
