import { createContext } from "react";

/** What a form that changes something knows of the change before it. */
export type EditingState = { readonly saved: boolean; readonly onSaved: () => void; readonly onDiscard: () => void };

export const EditingContext = createContext<EditingState>({ saved: false, onSaved: () => undefined, onDiscard: () => undefined });
