import { type ReactNode, useState } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";

import { listPorts } from "../model/catalogue";
import { refuseConnection } from "../model/connecting";
import { faultOfName } from "../model/names";
import { SHORTCUTS } from "../keys";
import { listTypes } from "../palette/Palette";
import { readStepRef } from "../palette/stepRef";
import { type Commands, type Side, SIDES } from "../state/commands";
import { type Asked, useBuilder, useBuilderState } from "../state/context";
import { ChoiceList } from "./ChoiceList";
import { Chooser } from "./Chooser";
import { KIND_TITLES, KindGlyph } from "./Glyph";

interface WindowProps {
  readonly title: string;
  readonly wide?: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A dialog that is closed with Escape, by clicking beside it, or with its button. */
export function Window({ title, wide = false, onClose, children }: WindowProps) {
  return (
    <ModalOverlay className="overlay b-overlay" isOpen isDismissable onOpenChange={(open) => !open && onClose()}>
      <Modal className={wide ? "modal wide" : "modal"}>
        <Dialog className="dialog">
          <Heading slot="title">{title}</Heading>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

interface StepDialogProps {
  readonly asked: Asked;
  readonly commands: Commands;
  readonly onClose: () => void;
  readonly onDone: (step: string) => void;
}

/** The dialogs about steps: add, connect, rename, find; and the sheet of keys. */
export function StepDialog({ asked, commands, onClose, onDone }: StepDialogProps) {
  const { catalogue } = useBuilder();
  switch (asked.what) {
    case "add": {
      const where = asked.after
        ? `Add a step after ${asked.after.step} (${asked.after.outcome})`
        : asked.insert
          ? `Put a step after ${asked.insert.step} (${asked.insert.outcome})`
          : "Add a step";
      return (
        <Chooser
          title={where}
          label="Search steps"
          choices={listTypes(catalogue)}
          onClose={onClose}
          onChoose={(id) => {
            const ref = readStepRef(id);
            onClose();
            if (ref) onDone(commands.add(ref.kind, ref.subject, asked));
          }}
        />
      );
    }
    case "connect":
      return <ConnectDialog asked={asked} commands={commands} onClose={onClose} onDone={onDone} />;
    case "move":
      return <MoveDialog step={asked.step} commands={commands} onClose={onClose} onDone={onDone} />;
    case "rename":
      return <RenameDialog step={asked.step} commands={commands} onClose={onClose} onDone={onDone} />;
    case "find":
      return <FindDialog onClose={onClose} onDone={onDone} />;
    case "shortcuts":
      return <ShortcutSheet onClose={onClose} />;
    default:
      return null;
  }
}

type ConnectProps = StepDialogProps & { readonly asked: Extract<Asked, { what: "connect" }> };

const NEW_STEP = "\u0000new";
const NOWHERE = "\u0000nowhere";

/** Leads an exit to a step: choose the exit, then where it leads. */
function ConnectDialog({ asked, commands, onClose, onDone }: ConnectProps) {
  const { catalogue, ask } = useBuilder();
  const graph = useBuilderState((state) => state.graph);
  const [outcome, setOutcome] = useState(asked.exit.outcome);
  const exit = { step: asked.exit.step, outcome };
  const step = graph.steps.get(exit.step);
  const ports = step ? listPorts(step, catalogue) : [];
  const current = ports.find((port) => port.outcome === outcome)?.target;
  const choices = [
    { id: NEW_STEP, title: "A new step …", detail: "Choose its type next" },
    ...(current ? [{ id: NOWHERE, title: "Nothing", detail: `Take away the way to ${current}` }] : []),
    ...[...graph.steps.values()].map((one) => ({
      id: one.id,
      title: one.id,
      detail: `${KIND_TITLES[one.kind]} ${one.subject}${one.id === current ? " · leads there now" : ""}`,
      group: "Steps of this flow",
      icon: (
        <span className="b-choice-icon" data-kind={one.kind}>
          <KindGlyph kind={one.kind} size={16} />
        </span>
      ),
      refused: refuseConnection(graph, exit, one.id),
    })),
  ];
  return (
    <ModalOverlay className="overlay b-overlay" isOpen isDismissable onOpenChange={(open) => !open && onClose()}>
      <Modal className="modal b-chooser">
        <Dialog className="dialog">
          <Heading slot="title">Connect {exit.step} to …</Heading>
          <label className="b-field">
            <span>When it leaves by</span>
            <select value={outcome} onChange={(event) => setOutcome(event.target.value)}>
              {ports.map((port) => (
                <option key={port.outcome} value={port.outcome}>
                  {port.outcome}
                  {port.target === null ? " (free)" : ` → ${port.target}`}
                </option>
              ))}
            </select>
          </label>
          <ChoiceList
            autoFocus
            label="Search steps of this flow"
            choices={choices}
            onChoose={(id) => {
              onClose();
              if (id === NEW_STEP) {
                ask({ what: "add", after: exit });
                return;
              }
              if (id === NOWHERE) commands.disconnect(exit);
              else commands.connect(exit, id);
              onDone(exit.step);
            }}
          />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/** Moves a step beside another one, for those who cannot drag it there. */
function MoveDialog({ step, commands, onClose, onDone }: Omit<StepDialogProps, "asked"> & { readonly step: string }) {
  const graph = useBuilderState((state) => state.graph);
  const [side, setSide] = useState<Side>("right");
  const choices = [...graph.steps.values()]
    .filter((one) => one.id !== step)
    .map((one) => ({
      id: one.id,
      title: one.id,
      detail: `${KIND_TITLES[one.kind]} ${one.subject}`,
      icon: (
        <span className="b-choice-icon" data-kind={one.kind}>
          <KindGlyph kind={one.kind} size={16} />
        </span>
      ),
    }));
  return (
    <ModalOverlay className="overlay b-overlay" isOpen isDismissable onOpenChange={(open) => !open && onClose()}>
      <Modal className="modal b-chooser">
        <Dialog className="dialog">
          <Heading slot="title">Move {step} to …</Heading>
          <label className="b-field">
            <span>Where</span>
            <select value={side} onChange={(event) => setSide(event.target.value as Side)}>
              {Object.entries(SIDES).map(([id, words]) => (
                <option key={id} value={id}>
                  {words} …
                </option>
              ))}
            </select>
          </label>
          <ChoiceList
            autoFocus
            label="Search steps of this flow"
            choices={choices}
            onChoose={(id) => {
              onClose();
              commands.moveTo(step, side, id);
              onDone(step);
            }}
          />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function RenameDialog({ step, commands, onClose, onDone }: Omit<StepDialogProps, "asked"> & { readonly step: string }) {
  const graph = useBuilderState((state) => state.graph);
  const [name, setName] = useState(step);
  const [isTried, setTried] = useState(false);
  const taken = new Set([...graph.steps.keys()].filter((one) => one !== step));
  const fault = faultOfName(name, taken);
  return (
    <Window title={`Rename ${step}`} onClose={onClose}>
      <form
        className="b-form"
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (fault) return;
          onClose();
          commands.rename(step, name);
          onDone(name);
        }}
      >
        <label className="b-field">
          <span>Name</span>
          <input
            autoFocus
            value={name}
            spellCheck={false}
            autoComplete="off"
            aria-invalid={isTried && fault !== null}
            aria-describedby="rename-help"
            onChange={(event) => setName(event.target.value)}
          />
          <small id="rename-help" className={isTried && fault ? "b-fault" : "soft"}>
            {isTried && fault ? fault : "Every exit and expression that names it is changed too."}
          </small>
        </label>
        <div className="actions">
          <button type="submit" className="button primary">
            Rename
          </button>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Window>
  );
}

function FindDialog({ onClose, onDone }: Pick<StepDialogProps, "onClose" | "onDone">) {
  const { catalogue, store } = useBuilder();
  const graph = useBuilderState((state) => state.graph);
  const choices = [...graph.steps.values()].map((one) => {
    const title = catalogue.find(one.kind, one.subject)?.title ?? one.subject;
    const group = graph.groups.find((it) => it.steps.includes(one.id))?.title;
    const words = [KIND_TITLES[one.kind], title, group, one.reason, one.note, ...one.cases.map((item) => item.when)];
    return {
      id: one.id,
      title: one.id,
      detail: words.filter(Boolean).join(" · "),
      icon: (
        <span className="b-choice-icon" data-kind={one.kind}>
          <KindGlyph kind={one.kind} size={16} />
        </span>
      ),
    };
  });
  return (
    <Chooser
      title="Go to a step"
      label="Name, type, group, expression or note"
      choices={choices}
      onClose={onClose}
      onChoose={(id) => {
        onClose();
        store.getState().select([id]);
        onDone(id);
      }}
    />
  );
}

function ShortcutSheet({ onClose }: { readonly onClose: () => void }) {
  return (
    <Window title="Keys" wide onClose={onClose}>
      <div className="b-sheet">
        {SHORTCUTS.map(({ group, shortcuts }) => (
          <section key={group} aria-label={group}>
            <h3>{group}</h3>
            <dl>
              {shortcuts.map(({ keys, does }) => (
                <div key={keys}>
                  <dt>
                    <kbd>{keys}</kbd>
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <div className="actions">
        <button type="button" className="button" autoFocus onClick={onClose}>
          Close
        </button>
      </div>
    </Window>
  );
}
