import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, foldGutter, indentUnit } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, Transaction } from "@codemirror/state";
import { EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";

import type { FlowChecked } from "../data/shapes";
import { useBuilder, useBuilderState } from "../state/context";
import { codeLook, shadowOf } from "../parts/codeLook";
import { findChange } from "./change";
import { findStepLine, stepAtLine } from "./places";

/** Typing is drawn when it rests for so long: a large flow is not read anew with every key. */
const REST_MS = 150;

/** The text of the flow, which is the flow: what is typed is drawn in a moment, and what is drawn stands here at once. */
export function TextView({ check }: { readonly check: FlowChecked | null }) {
  const { store } = useBuilder();
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const text = useBuilderState((state) => state.text);
  const faults = useBuilderState((state) => state.faults);
  const readOnly = useBuilderState((state) => state.readOnly);
  const selected = useBuilderState((state) => (state.selected.length === 1 ? state.selected[0] : undefined));
  const lock = useRef(new Compartment());

  useEffect(() => {
    if (!place.current) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const takeOver = () => {
      clearTimeout(timer);
      timer = undefined;
      const { type } = store.getState();
      type(editor.state.doc.toString(), Date.now());
    };
    const editor = new EditorView({
      ...shadowOf(place.current),
      state: EditorState.create({
        doc: store.getState().text,
        extensions: [
          lineNumbers(),
          foldGutter(),
          history(),
          yaml(),
          indentUnit.of("  "),
          codeLook({ height: "100%" }),
          bracketMatching(),
          highlightActiveLine(),
          highlightSelectionMatches(),
          lintGutter(),
          EditorView.contentAttributes.of({ "aria-label": "The flow as text. Escape, then Tab, leaves the editor.", spellcheck: "false", tabindex: "0" }),
          keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, indentWithTab]),
          lock.current.of(EditorState.readOnly.of(store.getState().readOnly)),
          EditorView.updateListener.of((update) => {
            const isTyped = update.transactions.some((one) => one.annotation(Transaction.remote) !== true && one.docChanged);
            if (isTyped) {
              clearTimeout(timer);
              timer = setTimeout(takeOver, REST_MS);
            } else if (timer === undefined && update.selectionSet && update.view.hasFocus) {
              const line = update.state.doc.lineAt(update.state.selection.main.head).number;
              const step = stepAtLine(update.state.doc.toString(), line);
              if (step !== null && store.getState().graph.steps.has(step)) store.getState().select([step]);
            }
          }),
        ],
      }),
    });
    view.current = editor;
    // Whoever leaves the editor, or saves, has all of it taken over.
    const leave = () => timer !== undefined && takeOver();
    editor.contentDOM.addEventListener("blur", leave);
    return () => {
      leave();
      editor.destroy();
    };
  }, [store]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const change = findChange(editor.state.doc.toString(), text);
    if (change) editor.dispatch({ changes: change, annotations: Transaction.remote.of(true) });
  }, [text]);

  useEffect(() => {
    view.current?.dispatch({ effects: lock.current.reconfigure(EditorState.readOnly.of(readOnly)) });
  }, [readOnly]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const found = [...faults.map((fault) => ({ ...fault, severity: "error" as const })), ...(faults.length > 0 ? [] : (check?.problems ?? []))];
    const diagnostics = found.flatMap(({ line, column, message, severity }) => {
      if (line === null || line > editor.state.doc.lines) return [];
      const at = editor.state.doc.line(Math.max(1, line));
      const from = Math.min(at.to, at.from + Math.max(0, (column ?? 1) - 1));
      return [{ from, to: at.to, severity, message: message.split("; path: ")[0] ?? message }];
    });
    editor.dispatch(setDiagnostics(editor.state, diagnostics));
  }, [faults, check, text]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || selected === undefined || editor.hasFocus) return;
    const line = findStepLine(editor.state.doc.toString(), selected);
    if (line === null) return;
    const at = editor.state.doc.line(line).from;
    editor.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
  }, [selected]);

  return <div ref={place} className="b-code b-code-whole" />;
}
