/** Every key there is, for the sheet that shows them and for the code that obeys them. */
export interface Shortcut {
  keys: string;
  does: string;
}

export const SHORTCUTS: readonly { group: string; shortcuts: readonly Shortcut[] }[] = [
  {
    group: "Everywhere",
    shortcuts: [
      { keys: "?", does: "Show this sheet" },
      { keys: "Ctrl+S", does: "Save now" },
      { keys: "Ctrl+Z", does: "Undo" },
      { keys: "Ctrl+Shift+Z or Ctrl+Y", does: "Do again" },
      { keys: "/", does: "Search the steps to add" },
      { keys: "Ctrl+F or G", does: "Go to a step of this flow" },
      { keys: "1, 2, 3", does: "Drawing, outline, text beside the drawing" },
      { keys: "D", does: "Dry run" },
      { keys: "P", does: "Problems" },
    ],
  },
  {
    group: "On a step",
    shortcuts: [
      { keys: "Arrow keys", does: "Go to the next step, the one before, those above and below" },
      { keys: "Enter", does: "Edit its properties" },
      { keys: "A", does: "Add a step after it" },
      { keys: "C", does: "Connect it to …" },
      { keys: "M", does: "Move it to …, beside another step or in the text" },
      { keys: "R or F2", does: "Rename it" },
      { keys: "Alt+arrow keys", does: "Move it in the drawing" },
      { keys: "Space", does: "Select it with others, or not" },
    ],
  },
  {
    group: "With what is selected",
    shortcuts: [
      { keys: "Ctrl+C, Ctrl+X, Ctrl+V", does: "Copy, cut, paste, also into another flow or tab" },
      { keys: "Ctrl+D", does: "Duplicate" },
      { keys: "Delete", does: "Delete" },
      { keys: "Ctrl+A", does: "Select all steps" },
      { keys: "T", does: "Tidy up the drawing" },
      { keys: "Escape", does: "Select nothing" },
    ],
  },
];

/** Says whether a key is typed into something that takes text, so that it is none of our business. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return target.closest(".b-code, input, textarea, select, [contenteditable='true'], [role='dialog'], [role='alertdialog']") !== null;
}

/** Has the field that is being typed into hand over what it holds, also where it stands in a root of its own. */
export function leaveField(): void {
  let field = document.activeElement;
  while (field?.shadowRoot?.activeElement) field = field.shadowRoot.activeElement;
  if (field instanceof HTMLElement) field.blur();
}
