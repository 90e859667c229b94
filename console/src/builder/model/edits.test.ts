import { describe, expect, it } from "vitest";

import { copySteps, pasteSteps, readFragment } from "./clipboard";
import { addStep, connect, deleteSteps, disconnect, insertOnEdge, moveSteps, renameStep, reorderStep, targetOf } from "./edits";
import { type FlowGraph, readGraph } from "./graph";
import { addCase, moveCase, removeCase, setHead, setMember, setNote, setOption, setProves, setWhen } from "./settings";
import { SHIPPED, shipped } from "./shipped.testing";
import { editText, type FlowDocument, parseText, readText, UnreadableText } from "./text";

const SMALL = `# Why this flow is there.
id: small
title: A small one
purpose: step_up
deadline: 15m
start: intro
steps:
  # First of all.
  intro:
    screen: verification_intro # the page
    on: {continue: verify, stop: stopped}
  # Then the vendor.
  verify:
    connector: incode_verify
    options: {inputs: {email: "run.values.intro.email?"}}
    on: {completed: check, pending: stopped, error: intro}
    max_visits: 3
  check:
    condition:
      # Not this one.
      - when: connectors.incode_verify.owner == "mismatch" && run.values.intro.x != run.values.intro_2.x
        to: stopped
      - when: connectors.incode_verify.data.score.overall.status == "OK"
        proves: incode_verify
        to: done
    otherwise: stopped
  stopped: {end: denied, reason: stopped}
  done: {end: complete}
layout: {intro: [0, 0], verify: [240, 0]}
`;

function graphOf(text: string): FlowGraph {
  return readGraph(readText(text).doc);
}

function changedLines(before: string, after: string): string[] {
  const old = new Set(before.split("\n"));
  return after.split("\n").filter((line) => !old.has(line));
}

describe("a text that nothing is done to", () => {
  it.each([...SHIPPED])("%s is written as it was read, byte for byte", (_, text) => {
    expect(editText(text, () => undefined)).toBe(text);
    expect(editText(text, (doc) => doc.set("title", "x"))).toBe(text.replace(/^title: .*$/m, "title: x"));
  });

  it("is kept as it is even where it is written in an unusual way", () => {
    const text = 'id:   "a"\nsteps:   {a:    {end: complete}}   # yes\n';
    expect(editText(text, () => undefined)).toBe(text);
  });

  it("keeps its author's way of writing wherever an edit does not touch it", () => {
    const text = `id:   x
steps:
  a:
    screen:   message
    on:
      {continue: b,
       stop: c}
  # In between.
  b: {end: complete} # good
  c:    {end: denied}
start: a
`;
    const after = editText(text, (doc) => addStep(doc, { kind: "end", subject: "error" }));
    expect(after).toContain("id:   x\n");
    expect(after).toContain("    on:\n      {continue: b,\n       stop: c}\n");
    expect(after).toContain("  error: {end: error}");
    const wired = editText(text, (doc) => connect(doc, { step: "a", outcome: "stop" }, "b"));
    expect(wired).toContain("  b: {end: complete} # good\n  c:    {end: denied}\n");
    expect(graphOf(wired).steps.get("a")?.exits[1]?.target).toBe("b");
  });

  it("keeps that also through one edit after another, and through undo", () => {
    const own = "id: x\nsteps:\n  a: { screen:   intro, on: {ok: b} }   # mine\n  m: {end: denied}\n  b:   {end: complete}\n";
    const first = editText(own, (doc) => setNote(doc, "b", "The end."));
    const second = editText(first, (doc) => connect(doc, { step: "a", outcome: "no" }, "b"));
    expect(first).toContain("  a: { screen:   intro, on: {ok: b} }   # mine\n  m: {end: denied}\n  # The end.\n  b:");
    expect(readGraph(parseText(second).doc).steps.get("a")?.exits).toHaveLength(2);
    // As after undo: the text is another one than that which was written last.
    expect(editText(first, (doc) => moveSteps(doc, new Map([["a", { x: 1, y: 2 }]])))).toBe(`${first}layout:\n  a: [1, 2]\n`);
  });

  it("that is no YAML is not touched", () => {
    expect(() => editText("steps: {", () => undefined)).toThrow(UnreadableText);
    expect(readText("a: [1, 2\nb: 3").faults[0]).toMatchObject({ line: 2 });
    expect(readText("- a").faults).toHaveLength(1);
    expect(readText("a: 1\na: 2").faults[0]?.line).toBe(2);
  });
});

describe("what a text draws", () => {
  it("has every step with its exits in order", () => {
    const { steps, head, layout } = graphOf(SMALL);
    expect([...steps.keys()]).toEqual(["intro", "verify", "check", "stopped", "done"]);
    expect(head).toMatchObject({ id: "small", purpose: "step_up", start: "intro" });
    expect(steps.get("check")?.exits).toEqual([
      { outcome: "case 1", target: "stopped" },
      { outcome: "case 2", target: "done" },
      { outcome: "otherwise", target: "stopped" },
    ]);
    expect(steps.get("check")?.cases[1]).toMatchObject({ proves: "incode_verify", to: "done" });
    expect(steps.get("verify")).toMatchObject({ maxVisits: 3, subject: "incode_verify", note: "Then the vendor." });
    expect(steps.get("intro")?.note).toBe("First of all.");
    expect(layout.get("verify")).toEqual({ x: 240, y: 0 });
  });

  it("draws what it can of a draft that is not finished", () => {
    const { steps } = graphOf("steps: {a: {screen: message}, b: 3, c: {condition: [7, {when: x}]}, d: {}}\nlayout: {a: [x, 1]}");
    expect([...steps.keys()]).toEqual(["a", "c"]);
    expect(steps.get("c")?.exits.map((exit) => exit.target)).toEqual([null, null, null]);
    expect(graphOf("").steps.size).toBe(0);
  });
});

describe("edits", () => {
  it("keep every comment and every other line", () => {
    const after = editText(SMALL, (doc) => {
      addStep(doc, { kind: "screen", subject: "message", position: { x: 1.4, y: 2 } }, { step: "verify", outcome: "error" });
    });
    expect(changedLines(SMALL, after)).toEqual([
      "    on: {completed: check, pending: stopped, error: message}",
      "  message:",
      "    screen: message",
      "    on: {}",
      "layout: {intro: [0, 0], verify: [240, 0], message: [1, 2]}",
    ]);
    for (const comment of ["# Why this flow", "# First of all.", "# the page", "# Then the vendor.", "# Not this one."]) {
      expect(after).toContain(comment);
    }
  });

  it("build a flow from an empty text", () => {
    let name = "";
    const text = editText("id: new\ntitle: New\npurpose: sign_in\ndeadline: 15m\n", (doc) => {
      name = addStep(doc, { kind: "screen", subject: "identifier", position: { x: 0, y: 0 } });
      addStep(doc, { kind: "condition", subject: "" }, { step: name, outcome: "submitted" });
      addStep(doc, { kind: "end", subject: "complete" }, { step: "check", outcome: "otherwise" });
    });
    expect(name).toBe("identifier");
    expect(text).toBe(`id: new
title: New
purpose: sign_in
deadline: 15m
steps:
  identifier:
    screen: identifier
    on: {submitted: check}
  check:
    condition:
      - when: ""
    otherwise: done
  done: {end: complete}
start: identifier
layout:
  identifier: [0, 0]
`);
  });

  it("give a new step a fresh name", () => {
    const after = editText(SMALL, (doc) => {
      expect(addStep(doc, { kind: "end", subject: "complete" })).toBe("done_2");
      expect(addStep(doc, { kind: "end", subject: "complete", name: "1 ? x" })).toBe("x");
    });
    expect(graphOf(after).steps.get("done_2")?.subject).toBe("complete");
  });

  it("insert a step on an edge", () => {
    const after = editText(SMALL, (doc) => {
      insertOnEdge(doc, { step: "check", outcome: "case 2" }, { kind: "action", subject: "enrol_identity" }, "enrolled");
    });
    const { steps } = graphOf(after);
    expect(steps.get("check")?.exits[1]?.target).toBe("enrol_identity");
    expect(steps.get("enrol_identity")?.exits).toEqual([{ outcome: "enrolled", target: "done" }]);
  });

  it("connect and free exits of steps and of conditions", () => {
    const after = editText(SMALL, (doc) => {
      for (const [step, outcome] of [["check", "case 1"], ["check", "otherwise"], ["intro", "stop"]] as const) {
        connect(doc, { step, outcome }, "done");
        expect(targetOf(doc, { step, outcome })).toBe("done");
      }
      disconnect(doc, { step: "check", outcome: "case 2" });
      disconnect(doc, { step: "verify", outcome: "pending" });
    });
    const { steps } = graphOf(after);
    expect(steps.get("check")?.exits.map((exit) => exit.target)).toEqual(["done", null, "done"]);
    expect(steps.get("verify")?.exits.map((exit) => exit.outcome)).toEqual(["completed", "error"]);
  });

  it("rename a step with all that refers to it, and nothing that only begins alike", () => {
    const after = editText(SMALL, (doc) => renameStep(doc, "intro", "hello"));
    const { steps, head, layout } = graphOf(after);
    expect(head.start).toBe("hello");
    expect([...steps.keys()][0]).toBe("hello");
    expect(steps.get("verify")?.exits[2]?.target).toBe("hello");
    expect(steps.get("verify")?.options).toEqual({ inputs: { email: "run.values.hello.email?" } });
    expect(steps.get("check")?.cases[0]?.when).toContain("run.values.hello.x != run.values.intro_2.x");
    expect([...layout.keys()]).toEqual(["hello", "verify"]);
    expect(steps.get("hello")?.note).toBe("First of all.");
    expect(after).not.toMatch(/\bintro\b(?!_)/);
  });

  it("rename every step of every shipped flow and back without a trace", () => {
    for (const text of SHIPPED.values()) {
      const names = [...graphOf(text).steps.keys()];
      const there = editText(text, (doc) => names.forEach((name) => renameStep(doc, name, `x-${name}`.slice(0, 40))));
      expect(there).not.toBe(text);
      const back = editText(there, (doc) => names.forEach((name) => renameStep(doc, `x-${name}`.slice(0, 40), name)));
      expect(readText(back).doc.toJSON()).toEqual(readText(text).doc.toJSON());
    }
  });

  it("delete steps, their positions and the wires to them", () => {
    const after = editText(SMALL, (doc) => deleteSteps(doc, ["intro", "stopped"]));
    const { steps, head, layout } = graphOf(after);
    expect([...steps.keys()]).toEqual(["verify", "check", "done"]);
    expect(head.start).toBe("verify");
    expect(steps.get("check")?.exits.map((exit) => exit.target)).toEqual([null, "done", null]);
    expect(steps.get("verify")?.exits.map((exit) => exit.outcome)).toEqual(["completed"]);
    expect([...layout.keys()]).toEqual(["verify"]);
    expect(after).not.toContain("First of all");
    expect(after).toContain("# Then the vendor.");
  });

  it("move steps in the drawing without a change of meaning", () => {
    const after = editText(SMALL, (doc) => moveSteps(doc, new Map([["verify", { x: 10.6, y: -3 }]])));
    expect(changedLines(SMALL, after)).toEqual(["layout: {intro: [0, 0], verify: [11, -3]}"]);
  });

  it("reorder steps in the text", () => {
    const after = editText(SMALL, (doc) => {
      reorderStep(doc, "done", "intro");
      reorderStep(doc, "verify", null);
    });
    expect([...graphOf(after).steps.keys()]).toEqual(["done", "intro", "check", "stopped", "verify"]);
  });

  it("set options, limits, notes and the head", () => {
    const after = editText(SMALL, (doc) => {
      setOption(doc, "intro", ["message"], "hello");
      setOption(doc, "verify", ["inputs", "email"], undefined);
      setMember(doc, "verify", "max_visits", null);
      setNote(doc, "done", "Well done.\nReally.");
      setNote(doc, "intro", "");
      setHead(doc, "demands", ["second_factor"]);
      setHead(doc, "title", "Other");
    });
    const { steps, head } = graphOf(after);
    expect(steps.get("intro")?.options).toEqual({ message: "hello" });
    expect(steps.get("verify")).toMatchObject({ options: {}, maxVisits: null });
    expect(steps.get("done")?.note).toBe("Well done.\nReally.");
    expect(steps.get("intro")?.note).toBe("");
    expect(head).toMatchObject({ demands: ["second_factor"], title: "Other" });
    expect(after.indexOf("demands")).toBeLessThan(after.indexOf("start"));
    expect(graphOf(editText(after, (doc) => setHead(doc, "demands", []))).head.demands).toEqual([]);
  });

  it("edit the cases of a condition", () => {
    const after = editText(SMALL, (doc) => {
      addCase(doc, "check", { when: 'user.known == true', to: "done" });
      moveCase(doc, "check", 2, 0);
      setWhen(doc, "check", 1, "a == 1");
      setProves(doc, "check", 2, null);
      setProves(doc, "check", 0, "incode_verify");
      removeCase(doc, "check", 1);
    });
    expect(graphOf(after).steps.get("check")?.cases).toEqual([
      { when: "user.known == true", to: "done", proves: "incode_verify" },
      { when: 'connectors.incode_verify.data.score.overall.status == "OK"', to: "done", proves: null },
    ]);
  });
});

describe("many edits in a row", () => {
  it("leave a text that says what is drawn, edit by edit", () => {
    let text = shipped("recovery");
    const edits: ((doc: FlowDocument) => void)[] = [
      (doc) => setNote(doc, "factor", "First."),
      (doc) => addStep(doc, { kind: "screen", subject: "message", options: { message: "x" }, position: { x: 1, y: 2 } }),
      (doc) => renameStep(doc, "factor", "which_factor"),
      (doc) => addCase(doc, "check", { when: "user.known == true" }),
      (doc) => deleteSteps(doc, ["which_factor", "stopped"]),
      (doc) => setHead(doc, "demands", []),
      (doc) => setOption(doc, "message", ["message"], undefined),
      (doc) => reorderStep(doc, "done", "passkey"),
      (doc) => setNote(doc, "done", "Over.\nReally."),
      (doc) => moveSteps(doc, new Map([["done", { x: 5, y: 5 }]])),
    ];
    for (const edit of edits) {
      text = editText(text, edit);
      expect(readGraph(readText(text).doc)).toEqual(readGraph(parseText(text).doc));
    }
  });

  it("go on from the text after one that failed half way", () => {
    const text = editText(SMALL, (doc) => doc.set("title", "y"));
    expect(() =>
      editText(text, (doc) => {
        doc.set("title", "half");
        throw new Error("half way");
      }),
    ).toThrow("half way");
    expect(graphOf(text).head.title).toBe("y");
  });
});

describe("the clipboard", () => {
  it("carries steps within a flow under fresh names, wired among themselves", () => {
    const after = editText(SMALL, (doc) => {
      const fragment = readFragment(JSON.stringify(copySteps(doc, ["verify", "check"])));
      expect(pasteSteps(doc, fragment!)).toEqual(["verify_2", "check_2"]);
    });
    const { steps, layout } = graphOf(after);
    expect(steps.get("verify_2")?.exits[0]).toEqual({ outcome: "completed", target: "check_2" });
    expect(steps.get("verify_2")?.exits[1]?.target).toBe("stopped");
    expect(steps.get("check_2")?.cases).toEqual(steps.get("check")?.cases);
    expect(steps.get("verify_2")).toMatchObject({ maxVisits: 3, note: "Then the vendor." });
    expect(layout.get("verify_2")).toEqual({ x: 272, y: 48 });
  });

  it("carries steps into another flow and frees what led elsewhere", () => {
    const fragment = copySteps(readText(shipped("step-up")).doc, ["verify", "check"]);
    const after = editText(shipped("passwordless"), (doc) => pasteSteps(doc, fragment, { x: 0, y: 900 }));
    const { steps, layout } = graphOf(after);
    expect(steps.get("verify")?.exits[0]).toEqual({ outcome: "completed", target: "check_2" });
    expect(steps.get("verify")?.exits.some((exit) => exit.outcome === "pending")).toBe(false);
    expect(steps.get("check_2")?.cases.every((one) => one.to === null || steps.has(one.to))).toBe(true);
    expect(layout.get("verify")?.y).toBe(900);
  });

  it("refuses what is not steps", () => {
    for (const text of ["", "{", "[]", '{"format":"other"}', '{"format":"idp-flow-steps","steps":{"a":{}}}', "null"]) {
      expect(readFragment(text)).toBeNull();
    }
  });
});
