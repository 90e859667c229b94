import { copySteps, pasteSteps, readFragment } from "../model/clipboard";
import { type Catalogue, listPorts, mainPort } from "../model/catalogue";
import { refuseConnection } from "../model/connecting";
import { addStep, connect, deleteSteps, disconnect, type ExitRef, insertOnEdge, moveSteps, type NewStep, renameStep, reorderStep } from "../model/edits";
import { findRoom, placeAll, sizeOf } from "../model/geometry";
import type { Color, FlowGraph, Position, StepKind } from "../model/graph";
import { removeGroup, renameGroup, setColor, setGroup, setGroupColor } from "../model/looks";
import { readText } from "../model/text";
import type { BuilderStore } from "./store";

/** Where a step can be moved, seen from another one. */
export const SIDES = { right: "right of", below: "below", left: "left of", above: "above", text: "in the text, before" } as const;
export type Side = keyof typeof SIDES;

/** Everything that can be done to a flow by drawing. Canvas, outline, menus and keys all call these. */
export class Commands {
  private readonly store: BuilderStore;
  private readonly catalogue: Catalogue;

  constructor(store: BuilderStore, catalogue: Catalogue) {
    this.store = store;
    this.catalogue = catalogue;
  }

  /** Adds a step and selects it: where it was dropped, behind an exit, or on an edge. Returns its name. */
  add(kind: StepKind, subject: string, where: { position?: Position; after?: ExitRef; insert?: ExitRef } = {}): string {
    const { graph } = this.store.getState();
    const title = this.catalogue.find(kind, subject)?.title ?? subject;
    const anchor = where.after ?? where.insert;
    const wanted: NewStep = { kind, subject, position: where.position ?? placeNew(graph, anchor) };
    let name = "";
    this.store.getState().edit((doc) => {
      name = where.insert
        ? insertOnEdge(doc, where.insert, wanted, this.nameMain(kind, subject))
        : addStep(doc, wanted, where.after);
    });
    if (name === "") return name;
    const place = anchor ? ` after ${anchor.step}, ${anchor.outcome}` : "";
    this.store.getState().announce(`${title} added as ${name}${place}.`);
    this.store.getState().select([name]);
    return name;
  }

  /** Leads an exit to a step, if that can be. Returns why not, or null. */
  connect(exit: ExitRef, target: string): string | null {
    const refusal = refuseConnection(this.store.getState().graph, exit, target);
    if (refusal) {
      this.store.getState().announce(refusal);
      return refusal;
    }
    this.store.getState().edit((doc) => connect(doc, exit, target), `${exit.step}, ${exit.outcome} now leads to ${target}.`);
    return null;
  }

  disconnect(exit: ExitRef): void {
    this.store.getState().edit((doc) => disconnect(doc, exit), `${exit.step}, ${exit.outcome} leads nowhere now.`);
    this.store.getState().select([exit.step]);
  }

  /** Deletes the selected edge, else the selected steps. */
  deleteSelected(): void {
    const { selected, selectedExit } = this.store.getState();
    if (selectedExit) this.disconnect(selectedExit);
    else this.delete(selected);
  }

  delete(names: readonly string[]): void {
    if (names.length === 0) return;
    const said = names.length === 1 ? `${names[0] ?? ""} deleted.` : `${names.length} steps deleted.`;
    this.store.getState().edit((doc) => deleteSteps(doc, names), said);
    this.store.getState().select([]);
  }

  rename(from: string, to: string): void {
    this.store.getState().edit((doc) => renameStep(doc, from, to), `${from} is now called ${to}.`);
    this.store.getState().select([to]);
  }

  select(names: readonly string[]): void {
    const { graph, select, announce } = this.store.getState();
    const there = names.filter((name) => graph.steps.has(name));
    select(there);
    announce(there.length === 1 ? "1 step is selected." : `${there.length} steps are selected.`);
  }

  /** Gives steps a colour in the drawing, or none. */
  color(names: readonly string[], color: Color | null): void {
    const places = placeAll(this.store.getState().graph);
    const wanted = new Map(names.map((name) => [name, places.get(name) ?? { x: 0, y: 0 }]));
    const said = `${names.length === 1 ? (names[0] ?? "") : `${names.length} steps`}: ${color ?? "no colour"}.`;
    this.store.getState().edit((doc) => setColor(doc, wanted, color), said);
  }

  /** Puts steps into a group, which is made if it is not there; without a title they are in none. */
  group(names: readonly string[], title: string): void {
    const who = names.length === 1 ? (names[0] ?? "") : `${names.length} steps`;
    const said = title === "" ? `${who}: in no group.` : `${who}: in the group ${title}.`;
    this.store.getState().edit((doc) => setGroup(doc, names, title), said);
  }

  renameGroup(from: string, to: string): void {
    if (to === "" || to === from) return;
    this.store.getState().edit((doc) => renameGroup(doc, from, to), `The group is now called ${to}.`);
  }

  colorGroup(title: string, color: Color | null): void {
    this.store.getState().edit((doc) => setGroupColor(doc, title, color), `${title}: ${color ?? "no colour"}.`);
  }

  ungroup(title: string): void {
    this.store.getState().edit((doc) => removeGroup(doc, title), `The group ${title} is dissolved; its steps stay.`);
  }

  selectAll(): void {
    const { graph, select } = this.store.getState();
    select([...graph.steps.keys()]);
  }

  duplicate(): void {
    const { selected, text } = this.store.getState();
    if (selected.length === 0) return;
    const fragment = copySteps(readText(text).doc, [...selected]);
    this.insert(JSON.stringify(fragment));
  }

  /** Returns the selected steps as text for the clipboard, or null if none is selected. */
  copy(): string | null {
    const { selected, text, announce } = this.store.getState();
    if (selected.length === 0) return null;
    announce(selected.length === 1 ? `${selected[0] ?? ""} copied.` : `${selected.length} steps copied.`);
    return JSON.stringify(copySteps(readText(text).doc, [...selected]), null, 2);
  }

  /** Pastes steps from a text. Returns whether there were any. */
  insert(text: string, at?: Position): boolean {
    const fragment = readFragment(text);
    if (!fragment) return false;
    let names: string[] = [];
    this.store.getState().edit((doc) => {
      names = pasteSteps(doc, fragment, at);
    });
    if (names.length === 0) return false;
    this.store.getState().announce(`Pasted: ${names.join(", ")}.`);
    this.store.getState().select(names);
    return true;
  }

  undo(): void {
    this.travel("undo", "Undone.", "There is nothing to undo.");
  }

  redo(): void {
    this.travel("redo", "Done again.", "There is nothing to do again.");
  }

  /** Moves steps by so many units, for those who move them with the keyboard. */
  nudge(names: readonly string[], by: Position): void {
    const places = placeAll(this.store.getState().graph);
    const moved = new Map<string, Position>();
    for (const name of names) {
      const place = places.get(name);
      if (place) moved.set(name, { x: place.x + by.x, y: place.y + by.y });
    }
    this.store.getState().edit((doc) => moveSteps(doc, moved));
  }

  /** Moves a step beside another one, where there is room, or before it in the text. */
  moveTo(name: string, side: Side, other: string): void {
    if (side === "text") {
      this.store.getState().edit((doc) => reorderStep(doc, name, other), `${name} stands before ${other} in the text.`);
      return;
    }
    const places = placeAll(this.store.getState().graph);
    const beside = places.get(other);
    if (!beside) return;
    places.delete(name);
    const [x, y] = { right: [240, 0], left: [-240, 0], below: [0, 160], above: [0, -160] }[side] as [number, number];
    const found = findRoom(places, { x: beside.x + x, y: beside.y + y });
    this.store.getState().edit((doc) => moveSteps(doc, new Map([[name, found]])), `${name} is moved ${SIDES[side]} ${other}.`);
  }

  move(positions: ReadonlyMap<string, Position>): void {
    this.store.getState().edit((doc) => moveSteps(doc, positions));
  }

  /** Lays the drawing out anew. What reckons the places is fetched when it is first wanted. */
  async tidy(): Promise<void> {
    const { tidy } = await import("../model/tidy");
    const { graph } = this.store.getState();
    const places = tidy(graph, new Map([...graph.steps].map(([name, step]) => [name, sizeOf(listPorts(step, this.catalogue))])));
    // Reckoning a large drawing takes a while: keys and clicks come first, and may take steps away.
    await new Promise((resolve) => setTimeout(resolve));
    const now = this.store.getState();
    const there = new Map([...places].filter(([name]) => now.graph.steps.has(name)));
    now.edit((doc) => moveSteps(doc, there), "The drawing is tidied up.");
  }

  /** The exit by which a run usually goes on from a step of this type. */
  private nameMain(kind: StepKind, subject: string): string | null {
    const type = this.catalogue.find(kind, subject);
    const step = { id: "", kind, subject, exits: [], cases: [], options: {}, maxVisits: null, deadline: null, reason: null, note: "" };
    if (kind === "condition") return "otherwise";
    if (!type) return null;
    return mainPort(listPorts(step, this.catalogue))?.outcome ?? null;
  }

  private travel(way: "undo" | "redo", done: string, nothing: string): void {
    const history = this.store.temporal.getState();
    const count = way === "undo" ? history.pastStates.length : history.futureStates.length;
    const { readOnly, announce } = this.store.getState();
    if (readOnly || count === 0) {
      announce(nothing);
      return;
    }
    history[way]();
    const { selected, select, graph } = this.store.getState();
    select(selected.filter((name) => graph.steps.has(name)));
    announce(done);
  }
}

function placeNew(graph: FlowGraph, anchor: ExitRef | undefined): Position {
  const places = placeAll(graph);
  const source = anchor ? places.get(anchor.step) : undefined;
  if (source) return findRoom(places, { x: source.x + 240, y: source.y });
  const right = Math.max(-240, ...[...places.values()].map((place) => place.x));
  return findRoom(places, { x: right + 240, y: 0 });
}
