import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";

import { Problem } from "../../api/problems";
import { type Tagged, version } from "../data/reading";
import type { Flow } from "../data/shapes";
import { discardDraft } from "../data/writing";
import { Window } from "../parts/Window";
import { useBuilder } from "../state/context";
import type { DraftSaver } from "../state/saving";
import { Differences } from "./Differences";

interface DiscardDialogProps {
  readonly saver: DraftSaver;
  readonly draftName: string;
  readonly flow: Tagged<Flow> | null;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Throws the draft away, after showing what is in it that no version has. What is live stays live; versions are never deleted. */
export function DiscardDialog({ saver, draftName, flow, onClose, onDone }: DiscardDialogProps) {
  const { flowId, store } = useBuilder();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [fault, setFault] = useState("");
  const newest = flow?.body.newest_version ?? null;
  const etag = saver.getState().etag;
  const discard = async () => {
    try {
      if (etag !== undefined) await discardDraft(flowId, draftName, etag);
      const left = newest === null ? "" : (await queries.query(version(flowId, newest))).text;
      saver.discarded(left);
      onDone();
      if (newest === null) {
        void navigate("/flows");
        return;
      }
      store.getState().replace(left, `The draft is discarded; this is version ${newest}. Undo brings it back.`);
      onClose();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setFault(error.message);
    }
  };
  return (
    <Window title="Discard the draft" wide={newest !== null} onClose={onClose}>
      <p>
        {newest === null
          ? "Nothing of this flow was published yet, so nothing of it is left."
          : `What differs from version ${newest} is thrown away. Nobody who signs in notices: what is live stays live.`}
      </p>
      {newest !== null && etag !== undefined && <Differences from={String(newest)} to={`draft:${draftName}`} />}
      <p className="b-fault" role="alert">
        {fault}
      </p>
      <div className="actions">
        <button type="button" className="button danger" onClick={() => void discard()}>
          Discard it
        </button>
        <button type="button" className="button" autoFocus onClick={onClose}>
          Keep it
        </button>
      </div>
    </Window>
  );
}
