import { createContext, type ReactNode, useContext, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";

import { Icon } from "./Icon";
import { Unsaved, UnsavedContext } from "./unsaved";

const CloseContext = createContext<() => void>(() => undefined);

/** How what stands in a dialog closes it: with the question first, if something in it is typed and not saved. */
export const useClosePopup = () => useContext(CloseContext);

type PopupProps = {
  readonly title: string;
  readonly wide?: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
};

/** A dialog over the page. Escape closes it, a click beside it does not; what was typed in it is not lost by a slip. */
export function Popup({ title, wide = false, onClose, children }: PopupProps) {
  const outer = useContext(UnsavedContext);
  const [scope] = useState(() => new Unsaved(outer));
  const dirty = useSyncExternalStore(scope.subscribe, scope.any);
  const [asked, setAsked] = useState(false);
  const asking = asked && dirty;
  const close = () => (scope.any() ? setAsked(true) : onClose());
  return (
    <ModalOverlay className="overlay" isOpen onOpenChange={(open) => !open && close()}>
      <Modal className={wide ? "modal wide" : "modal"}>
        <Dialog className="dialog">
          <header className="dialog-head">
            <Heading slot="title">{title}</Heading>
            <button type="button" className="button quiet" aria-label="Close" onClick={close}>
              <Icon name="close" />
            </button>
          </header>
          {asking && <Discard onDiscard={onClose} onKeep={() => setAsked(false)} />}
          <UnsavedContext value={scope}>
            <CloseContext value={close}>{children}</CloseContext>
          </UnsavedContext>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Discard({ onDiscard, onKeep }: { readonly onDiscard: () => void; readonly onKeep: () => void }) {
  const keep = useRef<HTMLButtonElement>(null);
  useEffect(() => keep.current?.focus(), []);
  return (
    <div className="note warn" role="alert">
      <Icon name="warn" />
      <div>
        <p className="note-title">Throw away what you typed?</p>
        <div className="actions">
          <button type="button" className="button" ref={keep} onClick={onKeep}>
            Keep it
          </button>
          <button type="button" className="button danger" onClick={onDiscard}>
            Throw it away
          </button>
        </div>
      </div>
    </div>
  );
}
