import type { Asked } from "../state/context";
import { AddDialog } from "./AddDialog";
import { ConnectDialog } from "./ConnectDialog";
import { FindDialog } from "./FindDialog";
import { MoveDialog } from "./MoveDialog";
import type { StepDialogProps } from "./props";
import { RenameDialog } from "./RenameDialog";
import { ShortcutSheet } from "./ShortcutSheet";

/** The dialogs about steps: add, connect, move, rename, find; and the sheet of keys. */
export function StepDialog({ asked, ...rest }: StepDialogProps & { readonly asked: Asked }) {
  switch (asked.what) {
    case "add":
      return <AddDialog asked={asked} {...rest} />;
    case "connect":
      return <ConnectDialog asked={asked} {...rest} />;
    case "move":
      return <MoveDialog step={asked.step} {...rest} />;
    case "rename":
      return <RenameDialog step={asked.step} {...rest} />;
    case "find":
      return <FindDialog onClose={rest.onClose} onDone={rest.onDone} />;
    case "shortcuts":
      return <ShortcutSheet onClose={rest.onClose} />;
    default:
      return null;
  }
}
