import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";

import { useBuilder, useBuilderState } from "../state/context";
import type { DraftSaver, SaveState } from "../state/saving";
import { compareLines } from "./lines";
import { TextDifference } from "./TextDifference";

/** Shows both texts when somebody else has changed the draft, and lets people choose. Neither is ever thrown away. */
export function ConflictDialog({ saver, saving }: { readonly saver: DraftSaver; readonly saving: SaveState }) {
  const { store } = useBuilder();
  const mine = useBuilderState((state) => state.text);
  const theirs = saving.theirs;
  const takeMine = () => saver.settle(theirs?.text ?? "", theirs?.etag);
  const takeTheirs = () => {
    if (!theirs) return;
    store.getState().replace(theirs.text, "Their draft is shown. Undo brings yours back.");
    saver.settle(theirs.text, theirs.etag);
  };
  return (
    <ModalOverlay className="overlay b-overlay" isOpen isDismissable={false}>
      <Modal className="modal wide">
        <Dialog role="alertdialog" className="dialog">
          <Heading slot="title">{theirs ? `${theirs.author} has changed this draft` : "This draft is gone"}</Heading>
          {theirs ? (
            <p>
              {theirs.author} saved it at {new Date(theirs.updated_at).toLocaleString()}. Nothing of yours is lost: choose which one to go
              on with. Below, what they have and you have not is marked −, what you have and they have not is marked +.
            </p>
          ) : (
            <p>It was published or discarded while you were working. Your text is still here and can be saved as a new draft.</p>
          )}
          {theirs && <TextDifference lines={compareLines(theirs.text, mine)} />}
          <div className="actions">
            <button type="button" className="button primary" onClick={takeMine}>
              {theirs ? "Go on with mine" : "Save mine as a new draft"}
            </button>
            {theirs && (
              <button type="button" className="button" onClick={takeTheirs}>
                Go on with theirs
              </button>
            )}
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
