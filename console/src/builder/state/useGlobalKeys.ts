import { useEffect } from "react";

import { isTyping } from "../keys";
import type { Commands } from "./commands";
import { useBuilder } from "./context";

export type View = "canvas" | "outline" | "split";
export type Drawer = "problems" | "run" | "versions" | "people" | null;

interface Doors {
  save: () => void;
  setView: (view: View) => void;
  openDrawer: (drawer: Drawer) => void;
  focusPalette: () => void;
  tidy: () => Promise<void>;
}

const VIEWS: Record<string, View> = { "1": "canvas", "2": "outline", "3": "split" };

/** What keys do wherever the focus is, unless something is being typed. Copying and pasting go through the clipboard. */
export function useGlobalKeys(commands: Commands, doors: Doors): void {
  const { store, ask, reveal } = useBuilder();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const isCommand = event.ctrlKey || event.metaKey;
      if (isCommand && event.key.toLowerCase() === "s") {
        event.preventDefault();
        doors.save();
        return;
      }
      if (isTyping(event.target)) return;
      const act = isCommand ? findCommand(event, commands, ask) : findPlain(event, commands, doors, ask, store);
      if (!act) return;
      event.preventDefault();
      act();
    };
    const onCopy = (event: ClipboardEvent) => {
      if (isTyping(event.target) || (getSelection()?.toString() ?? "") !== "") return;
      const text = commands.copy();
      if (text === null) return;
      event.preventDefault();
      event.clipboardData?.setData("text/plain", text);
      if (event.type === "cut") commands.delete(store.getState().selected);
    };
    const onPaste = (event: ClipboardEvent) => {
      if (isTyping(event.target)) return;
      if (!commands.insert(event.clipboardData?.getData("text/plain") ?? "")) return;
      event.preventDefault();
      reveal(store.getState().selected);
    };
    document.addEventListener("keydown", onKeyDown);
    document.addEventListener("copy", onCopy);
    document.addEventListener("cut", onCopy);
    document.addEventListener("paste", onPaste);
    return () => {
      document.removeEventListener("keydown", onKeyDown);
      document.removeEventListener("copy", onCopy);
      document.removeEventListener("cut", onCopy);
      document.removeEventListener("paste", onPaste);
    };
  }, [commands, doors, ask, store, reveal]);
}

type Ask = ReturnType<typeof useBuilder>["ask"];
type Store = ReturnType<typeof useBuilder>["store"];

function findCommand(event: KeyboardEvent, commands: Commands, ask: Ask): (() => void) | null {
  switch (event.key.toLowerCase()) {
    case "z":
      return () => (event.shiftKey ? commands.redo() : commands.undo());
    case "y":
      return () => commands.redo();
    case "d":
      return () => commands.duplicate();
    case "a":
      return () => commands.selectAll();
    case "f":
      return () => ask({ what: "find" });
    default:
      return null;
  }
}

function findPlain(event: KeyboardEvent, commands: Commands, doors: Doors, ask: Ask, store: Store): (() => void) | null {
  if (event.altKey) return null;
  const view = VIEWS[event.key];
  if (view) return () => doors.setView(view);
  switch (event.key) {
    case "?":
      return () => ask({ what: "shortcuts" });
    case "/":
      return () => doors.focusPalette();
    case "g":
      return () => ask({ what: "find" });
    case "t":
      return () => void doors.tidy();
    case "d":
      return () => doors.openDrawer("run");
    case "p":
      return () => doors.openDrawer("problems");
    case "Delete":
    case "Backspace":
      return () => commands.deleteSelected();
    case "Escape":
      return () => store.getState().select([]);
    default:
      return null;
  }
}
