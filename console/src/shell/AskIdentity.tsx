import { useEffect, useState } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";

import { addressOf, CHANNEL, type Demand, setAsker } from "../api/identity";

type Question = { readonly demand: Demand; readonly settle: (confirmed: boolean) => void };

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

/** Asks for a fresh sign-in when a request takes one, and lets the request go on when it is there. */
export function AskIdentity() {
  const [question, setQuestion] = useState<Question>();

  useEffect(
    () =>
      setAsker(
        (demand) =>
          new Promise<boolean>((resolve) => {
            const settle = (confirmed: boolean) => {
              setQuestion(undefined);
              resolve(confirmed);
            };
            setQuestion({ demand, settle });
          }),
      ),
    [],
  );

  useEffect(() => {
    if (question === undefined) return;
    const channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = () => question.settle(true);
    return () => channel.close();
  }, [question]);

  if (question === undefined) return null;
  const words = WORDS[question.demand];
  return (
    <ModalOverlay className="overlay" isOpen onOpenChange={() => question.settle(false)} isDismissable={false}>
      <Modal className="modal">
        <Dialog role="alertdialog" className="dialog">
          <Heading slot="title">{words.title}</Heading>
          <p>{words.text}</p>
          <div className="actions">
            <a className="button primary" href={addressOf(question.demand)} target="_blank" rel="opener">
              {words.action}
            </a>
            <button type="button" className="button" onClick={() => question.settle(false)}>
              Not now
            </button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
