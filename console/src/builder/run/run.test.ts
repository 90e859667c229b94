import { describe, expect, it } from "vitest";

import { exitKey, markChanges, markProblem, markRun, splitKey } from "../canvas/marks";
import { findNeighbour } from "../canvas/neighbours";
import type { DryRun, FlowProblem, TracedStep } from "../data/shapes";
import { readGraph } from "../model/graph";
import { shipped } from "../model/shipped.testing";
import { readText } from "../model/text";
import { completeValue } from "../panel/completion";
import { markStats, writeSeconds } from "./counts";
import { answerAt, EMPTY_SCENE, FaultyContext, listAnswers, listDifferences, writeOrder } from "./script";

function traced(step: string, outcome: string | null, more: Partial<TracedStep> = {}): TracedStep {
  return {
    step, kind: "screen", subject: "", shown: {}, options: [], outcome, answer: null, to: null, by: "default", note: "", at: 0,
    cases: [], before: {}, after: {}, evidence: [], ...more,
  };
}

function runOf(...steps: TracedStep[]): DryRun {
  return { steps } as unknown as DryRun;
}

describe("the order of a dry run", () => {
  it("says nothing that nobody said, so that the server's assumptions hold", () => {
    expect(writeOrder("x", EMPTY_SCENE, {})).toEqual({ text: "x", answers: {}, locale: "en" });
  });

  it("says who comes, from where, and with which request", () => {
    const scene = {
      ...EMPTY_SCENE, user: " ann@x.y ", client: "bank", acr: "a, b", known: "yes" as const, enrolled: "no" as const,
      credentials: "password, totp", session: "pwd=2h, otp", context: '{"device": {"user_agent": "old"}}',
    };
    expect(writeOrder("x", scene, { verify: ["expired", "OK"], intro: ["continue"] })).toEqual({
      text: "x",
      answers: { verify: ["expired", "OK"], intro: "continue" },
      user: "ann@x.y",
      client: "bank",
      acr_values: ["a", "b"],
      locale: "en",
      given: { user: { known: true, enrolled: false, credentials: ["password", "totp"] }, session: { pwd: "2h", otp: "60s" } },
      context: { device: { user_agent: "old" } },
    });
    expect(writeOrder("x", { ...EMPTY_SCENE, session: "none" }, {}).given).toEqual({ session: "none" });
  });

  it.each(["{", "[]", "3", '"x"'])("refuses the context %s in words", (context) => {
    expect(() => writeOrder("x", { ...EMPTY_SCENE, context }, {})).toThrow(FaultyContext);
  });
});

describe("answers", () => {
  const run = runOf(traced("verify", "expired", { answer: "expired" }), traced("again", "retry"), traced("verify", "completed"), traced("check", "case 1"));

  it("of a later visit keep the earlier ones, and forget what came after", () => {
    const answers = { verify: ["expired", "OK"], again: ["retry"], check: ["x"] };
    expect(answerAt(run, answers, 2, "mismatch")).toEqual({ verify: ["expired", "mismatch"], again: ["retry"] });
    expect(answerAt(run, answers, 0, "OK")).toEqual({ verify: ["OK"] });
    expect(answerAt(run, {}, 2, "WARN")).toEqual({ verify: ["expired", "WARN"] });
    expect(answerAt(run, answers, 9, "x")).toBe(answers);
  });

  it("are the vendor's words for an identity connection, and outcomes for everything else", () => {
    expect(listAnswers(traced("v", null, { kind: "connector", options: ["completed", "not_finished", "limit"] }))).toContain("mismatch");
    expect(listAnswers(traced("v", null, { kind: "connector", options: ["completed", "error"] }))).toEqual(["completed", "error"]);
    expect(listAnswers(traced("v", null, { kind: "condition", options: ["case 1"] }))).toEqual([]);
  });

  it("show what changed, path by path", () => {
    expect(listDifferences({ a: { b: 1, c: 2 }, d: 3 }, { a: { b: 1, c: 4 }, e: 5 })).toEqual([
      { path: "a.c", before: 2, after: 4 },
      { path: "d", before: 3, after: undefined },
      { path: "e", before: undefined, after: 5 },
    ]);
  });
});

describe("what is lit up", () => {
  it("is the whole path of a problem, with steps of embedded flows at the step that embeds them", () => {
    const problem = {
      step: "done",
      path: [{ step: "identity.intro", outcome: "continue" }, { step: "check", outcome: "otherwise" }, { step: "done", outcome: null }],
    } as unknown as FlowProblem;
    const marks = markProblem(problem);
    expect([...marks.steps.keys()]).toEqual(["identity", "check", "done"]);
    expect([...marks.exits.keys()]).toEqual([exitKey("identity", "continue"), exitKey("check", "otherwise")]);
  });

  it("is a run up to where one looks", () => {
    const marks = markRun(runOf(traced("a", "ok"), traced("b", "ok"), traced("a", "no"), traced("c", null)), 2);
    expect(marks.steps).toEqual(new Map([["a", "current"], ["b", "passed"]]));
    expect([...marks.exits.keys()].map(splitKey)).toEqual([{ step: "a", outcome: "ok" }, { step: "b", outcome: "ok" }]);
  });

  it("is what was added and changed, and not what is gone", () => {
    const marks = markChanges([
      { area: "steps", kind: "added", place: ["a"], before: null, after: {} },
      { area: "edges", kind: "changed", place: ["b", "ok"], before: "x", after: "y" },
      { area: "edges", kind: "removed", place: ["c", "ok"], before: "x", after: null },
      { area: "layout", kind: "changed", place: ["d"], before: [0, 0], after: [1, 1] },
    ]);
    expect(marks.steps).toEqual(new Map([["a", "added"], ["b", "changed"]]));
    expect(marks.exits.get(exitKey("b", "ok"))).toBe("changed");
  });

  it("has the counts on the edges, and on each step who came, waits and left", () => {
    const marks = markStats({
      version: 1, variant: "main", runs: {}, completed_seconds: null,
      steps: [{
        step: "a", kind: "screen", entered: 10, waiting: 1, ended: 2, dropped: { expired: 2 }, median_seconds: null,
        exits: [{ outcome: "ok", target: "b", count: 7, median_seconds: 3 }],
      }],
    });
    expect(marks.counts.get(exitKey("a", "ok"))).toBe("7 · 70 %");
    expect(marks.notes.get("a")).toBe("10 came · 1 wait · 2 left (20 %)");
    expect([45, 600, 7200].map(writeSeconds)).toEqual(["45 s", "10 min", "2 h"]);
  });
});

describe("arrow keys", () => {
  const graph = readGraph(readText(shipped("step-up")).doc);

  it("go along the exits and back, and to what is drawn above and below", () => {
    expect(findNeighbour(graph, "intro", "forward")).toBe("verify");
    expect(findNeighbour(graph, "verify", "back")).toBe("intro");
    expect(findNeighbour(graph, "intro", "down")).not.toBeNull();
    expect(findNeighbour(graph, "done", "forward")).toBeNull();
    expect(findNeighbour(graph, "gone", "forward")).toBeNull();
  });

  it("reach every step of a flow from its start", () => {
    const seen = new Set(["intro"]);
    const queue = ["intro"];
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      for (const direction of ["forward", "back", "up", "down"] as const) {
        const next = findNeighbour(graph, at, direction);
        if (next !== null && !seen.has(next)) {
          seen.add(next);
          queue.push(next);
        }
      }
    }
    expect(seen.size).toBe(graph.steps.size);
  });
});

describe("completion", () => {
  const variables = [{ path: "a.status", type: "string" as const, description: "", values: ["OK", "WARN"] }];

  it("knows the values behind a comparison", () => {
    for (const before of ['a.status == "', 'a.status in ["', 'a.status in ["OK", "', 'x && a.status != "W']) {
      expect(completeValue(before, before.length, variables)?.options.map((one) => one.label)).toEqual(["OK", "WARN"]);
    }
    expect(completeValue('b == "', 6, variables)).toBeNull();
    expect(completeValue('a.status == "OK"', 16, variables)).toBeNull();
  });
});
