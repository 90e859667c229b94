import { describe, expect, it } from "vitest";

import { listFirst } from "../canvas/viewport";
import { makeGroup, makeType } from "./catalogue.testing";
import { Catalogue, listAddable, listPorts, mainPort, shortenExpression, toneOf } from "./catalogue";
import { refuseConnection } from "./connecting";
import { placeAll, toPixels, toUnits } from "./geometry";
import { type FlowGraph, readGraph } from "./graph";
import { faultOfName, freshName } from "./names";
import { SHIPPED, shipped } from "./shipped.testing";
import { readText } from "./text";
import { listFromStart } from "./order";
import { tidy } from "./tidy";

function outcomes(...names: string[]) {
  return names.map((name) => ({ name: name.replace("?", ""), title: "", required: !name.endsWith("?") }));
}

const CATALOGUE = new Catalogue([
  makeGroup("screens", [
    makeType("screen", "totp", outcomes("submitted", "other_way?", "back")),
    makeType("connector", "crm", outcomes("completed", "error", "error:timeout?", "error:internal?")),
  ]),
]);

function graphOf(text: string): FlowGraph {
  return readGraph(readText(text).doc);
}

function step(body: string) {
  return graphOf(`steps:\n  a: ${body}`).steps.get("a")!;
}

describe("ports", () => {
  it("are what the catalogue says, wired or free, then what only the text says", () => {
    const ports = listPorts(step("{screen: totp, on: {back: x, wrong_word: y}, max_visits: 3}"), CATALOGUE);
    expect(ports.map((port) => [port.outcome, port.target, port.required, port.known])).toEqual([
      ["submitted", null, true, true],
      ["other_way", null, false, true],
      ["back", "x", true, true],
      ["wrong_word", "y", false, false],
      ["limit", null, false, true],
    ]);
  });

  it("list error codes once they are wired", () => {
    const one = step('{connector: crm, on: {completed: x, "error:timeout": y}}');
    expect(listPorts(one, CATALOGUE).map((port) => port.outcome)).toEqual(["completed", "error", "error:timeout"]);
    expect(listAddable(one, CATALOGUE).map((outcome) => outcome.name)).toEqual(["error:internal"]);
  });

  it("of a condition are its cases in order, then otherwise", () => {
    const check = graphOf(shipped("step-up")).steps.get("check")!;
    const ports = listPorts(check, CATALOGUE);
    expect(ports.at(-1)).toMatchObject({ outcome: "otherwise", required: true });
    expect(ports.filter((port) => port.tone === "proof").map((port) => port.proves)).toEqual(["incode_verify"]);
    expect(mainPort(ports)?.tone).toBe("proof");
  });

  it("of an end are none, and a step of unknown type keeps what is wired", () => {
    expect(listPorts(step("{end: complete}"), CATALOGUE)).toEqual([]);
    expect(listPorts(step("{action: no_such, on: {ok: x}}"), CATALOGUE)).toMatchObject([{ outcome: "ok", known: true }]);
  });

  it("tell good from bad", () => {
    expect(["ok", "wrong", "error:timeout", "pending", "back"].map(toneOf)).toEqual(["good", "bad", "bad", "wait", "plain"]);
  });

  it("shorten expressions", () => {
    expect(shortenExpression('connectors.incode_verify.data.score.overall.status in ["OK", "MANUAL_OK"]')).toBe(
      "score.overall.status in [OK, MANUAL_OK]",
    );
  });
});

describe("connecting", () => {
  const graph = graphOf(`
start: a
steps:
  a: {screen: totp, on: {submitted: b}}
  b: {action: check_totp, on: {ok: c, wrong: a}}
  c: {action: has_totp, on: {yes: done}}
  done: {end: complete}
`);

  it("refuses a round in which nobody does anything", () => {
    expect(refuseConnection(graph, { step: "c", outcome: "no" }, "b")).toContain("b, c");
    expect(refuseConnection(graph, { step: "b", outcome: "ok" }, "b")).toContain("round");
  });

  it("lets a round pass a person", () => {
    expect(refuseConnection(graph, { step: "c", outcome: "no" }, "a")).toBeNull();
    expect(refuseConnection(graph, { step: "a", outcome: "back" }, "a")).toBeNull();
  });

  it("lets nothing come after an end, and lead to nothing", () => {
    expect(refuseConnection(graph, { step: "done", outcome: "x" }, "a")).toContain("end");
    expect(refuseConnection(graph, { step: "a", outcome: "back" }, "gone")).toContain("not there");
  });

  it("accepts every wire of every shipped flow", () => {
    for (const text of SHIPPED.values()) {
      const whole = graphOf(text);
      for (const one of whole.steps.values()) {
        for (const exit of one.exits) {
          expect(refuseConnection(whole, { step: one.id, outcome: exit.outcome }, exit.target!)).toBeNull();
        }
      }
    }
  });
});

describe("places", () => {
  it("are there for every step, also for those that the text does not place", () => {
    const graph = graphOf("start: a\nsteps: {a: {screen: x, on: {ok: b, no: c}}, b: {end: complete}, c: {end: denied}}\nlayout: {a: [0, 0]}");
    const places = [...placeAll(graph).values()];
    expect(places).toHaveLength(3);
    expect(new Set(places.map((place) => `${place.x} ${place.y}`)).size).toBe(3);
    expect(places[1]!.x).toBeGreaterThan(0);
  });

  it("survive the way to pixels and back", () => {
    expect(toUnits(toPixels({ x: -240, y: 161 }))).toEqual({ x: -240, y: 161 });
  });

  it("are tidied so that no two steps overlap and the start is on the left", () => {
    for (const text of SHIPPED.values()) {
      const graph = graphOf(text);
      const sizes = new Map([...graph.steps.keys()].map((name) => [name, { width: 216, height: 150 }]));
      const places = [...tidy(graph, sizes)].map(([name, place]) => ({ name, ...toPixels(place) }));
      expect(places).toHaveLength(graph.steps.size);
      for (const one of places) {
        const other = places.find((it) => it !== one && Math.abs(it.x - one.x) < 210 && Math.abs(it.y - one.y) < 145);
        expect(other, `${one.name} overlaps`).toBeUndefined();
      }
      const start = places.find((place) => place.name === graph.head.start)!;
      expect(start.x).toBe(Math.min(...places.map((place) => place.x)));
    }
  });

  it("are tidied so that an end of many steps stands right of them all, and pulls nobody away from where they belong", () => {
    const chain = [0, 1, 2, 3, 4, 5, 6, 7];
    const steps = chain.map((at) => `  q${at}: {screen: x, on: {yes: a${at}, no: ${at < 7 ? `q${at + 1}` : "over"}, back: q0}}\n  a${at}: {screen: x, on: {ok: over, no: over}}`);
    const graph = graphOf(`start: q0\nsteps:\n${steps.join("\n")}\n  over: {end: complete}`);
    const places = tidy(graph, new Map());
    const xOf = (name: string) => places.get(name)!.x;
    for (const name of graph.steps.keys()) if (name !== "over") expect(xOf(name)).toBeLessThan(xOf("over"));
    // What follows a step stands beside it, however far away the common end is.
    for (const at of chain) expect(xOf(`a${at}`) - xOf(`q${at}`)).toBe(240);
  });

  it("are in view at first with the start, and as many more as can be read", () => {
    const far = graphOf("start: a\nsteps: {a: {screen: x, on: {ok: b, no: c}}, b: {screen: x}, c: {screen: x}}\nlayout: {a: [900, 900], b: [1140, 900], c: [0, 0]}");
    expect(listFirst(far, false)).toEqual(["a", "b"]);
  });

  it("list the steps as a run meets them", () => {
    const graph = graphOf("start: a\nsteps: {lost: {end: error}, c: {end: denied}, b: {screen: x, on: {ok: c}}, a: {screen: x, on: {ok: b, no: c}}}");
    expect(listFromStart(graph)).toEqual(["a", "b", "c", "lost"]);
  });
});

describe("names", () => {
  it("are made free with a number and kept short", () => {
    const taken = new Set(["a", "a_2", "x".repeat(40)]);
    expect(freshName("a", taken)).toBe("a_3");
    expect(freshName("a_2", taken)).toBe("a_3");
    expect(freshName("x".repeat(60), taken)).toBe(`${"x".repeat(38)}_2`);
    expect(freshName("?!", taken)).toBe("step");
  });

  it("are refused in words", () => {
    const taken = new Set(["a"]);
    expect(faultOfName("", taken)).toContain("name");
    expect(faultOfName("1a", taken)).toContain("letter");
    expect(faultOfName("a", taken)).toContain("another");
    expect(faultOfName("b", taken)).toBeNull();
  });
});
