import { useClosePopup } from "./Popup";
import type { Submission } from "./submission";

type PopupActionsProps = { readonly submission: Submission; readonly action: string; readonly danger?: boolean };

/** The end of a form in a dialog: what sends it, and the way out, which asks first if something is typed. */
export function PopupActions({ submission, action, danger = false }: PopupActionsProps) {
  const close = useClosePopup();
  return (
    <div className="actions">
      <button type="submit" className={danger ? "button danger" : "button primary"} disabled={submission.busy}>
        {action}
      </button>
      <button type="button" className="button" onClick={close}>
        Cancel
      </button>
    </div>
  );
}
