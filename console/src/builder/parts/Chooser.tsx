import type { ReactNode } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";

import { type Choice, ChoiceList } from "./ChoiceList";

interface ChooserProps {
  readonly title: string;
  readonly label: string;
  readonly choices: readonly Choice[];
  readonly onChoose: (id: string) => void;
  readonly onClose: () => void;
  /** What is said beside the choice, above the list. */
  readonly children?: ReactNode;
}

/** A dialog to find one of many and take it: type to narrow, arrows to move, Enter to take. */
export function Chooser({ title, label, choices, onChoose, onClose, children }: ChooserProps) {
  return (
    <ModalOverlay className="overlay b-overlay" isOpen isDismissable onOpenChange={(open) => !open && onClose()}>
      <Modal className="modal b-chooser">
        <Dialog className="dialog">
          <Heading slot="title">{title}</Heading>
          {children}
          <ChoiceList label={label} choices={choices} onChoose={onChoose} autoFocus />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
