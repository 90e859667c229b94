import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const COLOURS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent-strong)" },
  { tag: [tags.string, tags.content], color: "var(--good)" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: "var(--b-action)" },
  { tag: tags.comment, color: "var(--ink-soft)", fontStyle: "italic" },
  { tag: [tags.punctuation, tags.separator, tags.operator], color: "var(--ink-soft)" },
]);

const SELECTION = "color-mix(in srgb, var(--accent) 24%, transparent) !important";

/** How editors of code look: the shared tokens, so that they follow light and dark. */
export function codeLook(size: { height?: string; minHeight?: string }): Extension {
  const theme = EditorView.theme({
    "&": { color: "var(--ink)", backgroundColor: "transparent", ...(size.height ? { height: size.height } : {}) },
    "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
    ".cm-scroller": { font: ".8125rem/1.5 var(--mono)", overflow: "auto" },
    ".cm-content": { caretColor: "var(--ink)", ...(size.minHeight ? { minHeight: size.minHeight } : {}) },
    ".cm-gutters": { color: "var(--ink-soft)", backgroundColor: "var(--sunken)", borderRight: "1px solid var(--line)" },
    ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--accent) 7%, transparent)" },
    ".cm-cursor": { borderLeftColor: "var(--ink)" },
    ".cm-selectionBackground": { backgroundColor: SELECTION },
    "&.cm-focused .cm-selectionBackground": { backgroundColor: SELECTION },
    ".cm-selectionMatch": { backgroundColor: "color-mix(in srgb, var(--warn) 22%, transparent)" },
    ".cm-tooltip": {
      color: "var(--ink)",
      backgroundColor: "var(--raised)",
      border: "1px solid var(--line)",
      borderRadius: "var(--radius-small)",
      boxShadow: "var(--shadow)",
      zIndex: "100",
    },
    ".cm-tooltip-autocomplete ul li[aria-selected]": { color: "var(--on-accent)", backgroundColor: "var(--accent)" },
    ".cm-panels": { color: "var(--ink)", backgroundColor: "var(--sunken)" },
    ".cm-foldPlaceholder": { color: "var(--ink-soft)", backgroundColor: "var(--sunken)", border: "1px solid var(--line)" },
  });
  return [theme, syntaxHighlighting(COLOURS)];
}

/**
 * Gives an editor a root of its own. There it adopts its styles as objects; in the page it would write a style element,
 * which the content security policy refuses.
 */
export function shadowOf(place: HTMLElement): { parent: ShadowRoot; root: ShadowRoot } {
  const shadow = place.shadowRoot ?? place.attachShadow({ mode: "open" });
  shadow.replaceChildren();
  if (shadow.adoptedStyleSheets.length === 0) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(":host { display: block } :host > *, .cm-editor { max-height: 100% }");
    shadow.adoptedStyleSheets = [sheet];
  }
  return { parent: shadow, root: shadow };
}
