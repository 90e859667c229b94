import { autocompletion, closeBrackets, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, StreamLanguage } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { useEffect, useRef } from "react";

import type { FlowProblem, Variable } from "../data/shapes";
import { codeLook, shadowOf } from "../parts/codeLook";
import { completePath } from "./completion";

interface ExpressionEditorProps {
  readonly label: string;
  readonly value: string;
  readonly variables: readonly Variable[];
  readonly problems: readonly FlowProblem[];
  readonly readOnly: boolean;
  readonly onCommit: (value: string) => void;
}

const REST_MS = 500;

const CEL = StreamLanguage.define({
  name: "cel",
  token: (stream) => {
    if (stream.eatSpace()) return null;
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/) || stream.match(/^'(?:[^'\\]|\\.)*'?/)) return "string";
    if (stream.match(/^\d+(?:\.\d+)?/)) return "number";
    if (stream.match(/^(?:true|false|null|in|has|size|matches)\b/)) return "keyword";
    if (stream.match(/^[A-Za-z_][\w]*/)) return "variableName";
    stream.next();
    return "operator";
  },
});

/** An expression as text: completion of everything that can be read, and what is wrong at its column. */
export function ExpressionEditor({ label, value, variables, problems, readOnly, onCommit }: ExpressionEditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const known = useRef(variables);
  const commit = useRef(onCommit);
  const lock = useRef(new Compartment());
  useEffect(() => {
    known.current = variables;
    commit.current = onCommit;
  });

  useEffect(() => {
    if (!place.current) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hand = (text: string) => {
      clearTimeout(timer);
      timer = undefined;
      commit.current(text);
    };
    const complete = (context: CompletionContext): CompletionResult | null => completePath(context, known.current);
    const editor = new EditorView({
      ...shadowOf(place.current),
      state: EditorState.create({
        doc: value,
        extensions: [
          history(),
          CEL,
          codeLook({ minHeight: "3.6rem" }),
          bracketMatching(),
          closeBrackets(),
          autocompletion({ override: [complete], icons: false, activateOnTyping: true }),
          lintGutter(),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", tabindex: "0" }),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          lock.current.of(EditorState.readOnly.of(readOnly)),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged) return;
            clearTimeout(timer);
            timer = setTimeout(() => hand(update.state.doc.toString()), REST_MS);
          }),
          EditorView.domEventHandlers({ blur: (_, it) => timer !== undefined && hand(it.state.doc.toString()) }),
        ],
      }),
    });
    view.current = editor;
    return () => {
      if (timer !== undefined) hand(editor.state.doc.toString());
      editor.destroy();
    };
    // The editor lives as long as its case is shown; what changes meanwhile is handed to it below.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value || editor.hasFocus) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    view.current?.dispatch({ effects: lock.current.reconfigure(EditorState.readOnly.of(readOnly)) });
  }, [readOnly]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const found = problems.flatMap((problem) => {
      const column = /^column (\d+): (.*)$/.exec(problem.message);
      if (!column) return [];
      const from = Math.min(Number(column[1]) - 1, editor.state.doc.length);
      const to = Math.min(from + 1, editor.state.doc.length);
      return [{ from: Math.max(0, Math.min(from, to)), to, severity: problem.severity, message: column[2] ?? "" }];
    });
    editor.dispatch(setDiagnostics(editor.state, found));
  }, [problems]);

  return <div ref={place} className="b-code b-code-short" />;
}
