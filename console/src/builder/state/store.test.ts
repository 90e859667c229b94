import { describe, expect, it } from "vitest";

import { addStep, deleteSteps } from "../model/edits";
import { shipped } from "../model/shipped.testing";
import { createBuilderStore } from "./store";

const EMPTY = "id: x\ntitle: X\npurpose: sign_in\ndeadline: 15m\n";

describe("the state of a flow", () => {
  it("undoes and redoes more than fifty edits, to the byte", () => {
    const store = createBuilderStore(EMPTY);
    const texts = [EMPTY];
    for (let count = 0; count < 60; count += 1) {
      store.getState().edit((doc) => addStep(doc, { kind: "end", subject: "denied" }));
      texts.push(store.getState().text);
    }
    expect(store.getState().graph.steps.size).toBe(60);
    for (let at = 59; at >= 0; at -= 1) {
      store.temporal.getState().undo();
      expect(store.getState().text).toBe(texts[at]);
    }
    expect(store.getState().graph.steps.size).toBe(0);
    store.temporal.getState().redo(60);
    expect(store.getState().text).toBe(texts[60]);
  });

  it("does not count a selection, or an edit that changes nothing, as something to undo", () => {
    const store = createBuilderStore(EMPTY);
    store.getState().select(["a"]);
    store.getState().edit(() => undefined);
    expect(store.temporal.getState().pastStates).toHaveLength(0);
  });

  it("undoes what was typed in one go, and what was typed after a pause in another", () => {
    const store = createBuilderStore(EMPTY);
    store.getState().type(`${EMPTY}#`, 0);
    store.getState().type(`${EMPTY}# a`, 100);
    store.getState().type(`${EMPTY}# ab`, 5000);
    store.temporal.getState().undo();
    expect(store.getState().text).toBe(`${EMPTY}# a`);
    store.temporal.getState().undo();
    expect(store.getState().text).toBe(EMPTY);
  });

  it("keeps the last drawing while the text cannot be read, and refuses to edit it by drawing", () => {
    const store = createBuilderStore(shipped("step-up"));
    const steps = store.getState().graph.steps.size;
    store.getState().type("steps: {", 0);
    expect(store.getState().faults).not.toHaveLength(0);
    expect(store.getState().graph.steps.size).toBe(steps);
    store.getState().edit((doc) => deleteSteps(doc, ["verify"]));
    expect(store.getState().text).toBe("steps: {");
  });

  it("lets nobody change what may only be read", () => {
    const store = createBuilderStore(EMPTY, true);
    store.getState().edit((doc) => addStep(doc, { kind: "end", subject: "denied" }));
    store.getState().type("x", 0);
    store.getState().replace("y", "");
    expect(store.getState().text).toBe(EMPTY);
  });

  it("keeps the object of every step that did not change", () => {
    const store = createBuilderStore(shipped("sign-in"));
    const before = store.getState().graph.steps;
    store.getState().edit((doc) => doc.setIn(["steps", "totp", "max_visits"], 3));
    const after = store.getState().graph.steps;
    const changed = [...after].filter(([name, step]) => before.get(name) !== step).map(([name]) => name);
    expect(changed).toEqual(["totp"]);
  });
});
