import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";

import { addressOf, type Demand } from "../api/identity";

const WORDS = {
  "sign-in": {
    title: "You have been signed out",
    text: "Your session ended. Sign in again in a new window, and what you were doing goes on. Nothing here is lost.",
    action: "Sign in again",
  },
  "step-up": {
    title: "Confirm that it is you",
    text: "This takes a sign-in of the last ten minutes. A new window opens for it, and then what you asked for is done. Nothing here is lost.",
    action: "Confirm",
  },
} as const;

/** The question whether it is still the same person who sits here. */
export function IdentityDialog({ demand, onDecline }: { readonly demand: Demand; readonly onDecline: () => void }) {
  const words = WORDS[demand];
  return (
    <ModalOverlay className="overlay" isOpen onOpenChange={onDecline} isDismissable={false}>
      <Modal className="modal">
        <Dialog role="alertdialog" className="dialog">
          <Heading slot="title">{words.title}</Heading>
          <p>{words.text}</p>
          <div className="actions">
            <a className="button primary" href={addressOf(demand)} target="_blank" rel="opener">
              {words.action}
            </a>
            <button type="button" className="button" onClick={onDecline}>
              Not now
            </button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
