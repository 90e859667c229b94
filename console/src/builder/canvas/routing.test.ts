import { describe, expect, it } from "vitest";

import { Catalogue } from "../model/catalogue";
import { readGraph } from "../model/graph";
import { SHIPPED } from "../model/shipped.testing";
import { readText } from "../model/text";
import { drawSteps, drawWires } from "./drawing";
import { NO_MARKS } from "./marks";
import { type Box, drawRoute, type Ends, Router } from "./routing";

const BOX = { width: 200, height: 100 };

function boxes(...places: [string, number, number][]): Map<string, Box> {
  return new Map(places.map(([name, x, y]) => [name, { x, y, ...BOX }]));
}

function wire(all: Map<string, Box>, source: string, target: string, exit = 0): Ends {
  const [from, to] = [all.get(source)!, all.get(target)!];
  return {
    id: `${source} ${exit}`,
    source,
    target,
    from: { x: from.x + from.width, y: from.y + 60 + exit * 20 },
    to: { x: to.x, y: to.y + 20 },
  };
}

/** Reads the corners of a path, round or not. */
function corners(path: string): { x: number; y: number }[] {
  return [...path.matchAll(/[MLQ](-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => ({ x: Number(x), y: Number(y) }));
}

/** Says which boxes a path runs through. */
function crossed(path: string, all: ReadonlyMap<string, Box>): string[] {
  const points = corners(path);
  const found = new Set<string>();
  for (let at = 1; at < points.length; at += 1) {
    for (let part = 0; part <= 50; part += 1) {
      const x = points[at - 1]!.x + ((points[at]!.x - points[at - 1]!.x) * part) / 50;
      const y = points[at - 1]!.y + ((points[at]!.y - points[at - 1]!.y) * part) / 50;
      for (const [name, box] of all) {
        if (x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height) found.add(name);
      }
    }
  }
  return [...found];
}

function route(all: Map<string, Box>, ...wires: Ends[]) {
  return new Router().route(all, wires);
}

describe("the way of a wire", () => {
  it("is straight where the next step stands level with the exit", () => {
    const all = boxes(["a", 0, 0], ["b", 300, 40]);
    expect(route(all, wire(all, "a", "b")).get("a 0")!.path).toBe("M200 60L300 60");
  });

  it("goes around a step that stands between", () => {
    const all = boxes(["a", 0, 0], ["between", 300, 0], ["b", 600, 0]);
    const found = route(all, wire(all, "a", "b")).get("a 0")!;
    expect(crossed(found.path, all)).toEqual([]);
  });

  it("goes back around both of its steps, and to its own step around that", () => {
    const all = boxes(["a", 300, 0], ["b", 0, 0]);
    for (const target of ["a", "b"]) {
      const found = route(all, wire(all, "a", target)).get("a 0")!;
      expect(crossed(found.path, all)).toEqual([]);
      const points = corners(found.path);
      expect(points[1]!.x).toBeGreaterThan(all.get("a")!.x + BOX.width);
      expect(points.at(-2)!.x).toBeLessThan(all.get(target)!.x);
    }
  });

  it("is beside that of a wire that leads elsewhere, and on that of one which leads to the same step", () => {
    const all = boxes(["a", 0, 0], ["b", 400, 300], ["c", 400, 600]);
    const apart = route(all, wire(all, "a", "b", 0), wire(all, "a", "c", 1));
    const turns = [...apart.values()].map(({ path }) => corners(path)[1]!.x);
    expect(Math.abs(turns[0]! - turns[1]!)).toBeGreaterThanOrEqual(6);
    const together = route(all, wire(all, "a", "b", 0), wire(all, "a", "b", 1));
    const last = [...together.values()].map(({ path }) => corners(path).at(-2)!.x);
    expect(last[0]).toBe(last[1]);
  });

  it("is there even if steps stand on each other", () => {
    const all = boxes(["a", 0, 0], ["b", 10, 10], ["c", 20, 20]);
    for (const { path } of route(all, wire(all, "a", "c"), wire(all, "c", "b")).values()) {
      expect(path).toMatch(/^M-?\d/);
      expect(path).not.toContain("NaN");
    }
  });

  it("does not depend on the order in which wires are told", () => {
    const all = boxes(["a", 0, 0], ["b", 400, 300], ["c", 400, 600]);
    const wires = [wire(all, "a", "b", 0), wire(all, "a", "c", 1), wire(all, "b", "a", 0), wire(all, "c", "b", 2)];
    const one = route(all, ...wires);
    const two = route(all, ...[...wires].reverse());
    for (const [id, { path }] of one) expect(two.get(id)!.path).toBe(path);
  });

  it("stays as it was while others are moved, unless a step is put upon it", () => {
    const router = new Router();
    const all = boxes(["a", 0, 0], ["b", 600, 40], ["c", 0, 400], ["d", 300, 400]);
    const wires = (now: Map<string, Box>) => [wire(now, "a", "b"), wire(now, "c", "d")];
    const first = router.route(all, wires(all));
    const moved = boxes(["a", 0, 0], ["b", 600, 40], ["c", 0, 400], ["d", 300, 600]);
    const second = router.route(moved, wires(moved));
    expect(second.get("a 0")).toBe(first.get("a 0"));
    expect(second.get("c 0")!.path).not.toBe(first.get("c 0")!.path);
    const upon = boxes(["a", 0, 0], ["b", 600, 40], ["c", 0, 400], ["d", 300, 0]);
    const third = router.route(upon, wires(upon));
    expect(third.get("a 0")!.path).not.toBe(first.get("a 0")!.path);
    expect(crossed(third.get("a 0")!.path, upon)).toEqual([]);
  });

  it("leads through no step of any flow that is shipped", () => {
    for (const [flow, text] of SHIPPED) {
      const graph = readGraph(readText(text).doc);
      const steps = drawSteps(graph, new Catalogue([]), null, NO_MARKS);
      const all = new Map(steps.map(({ id, position, width = 0, height = 0 }) => [id, { ...position, width, height }]));
      const wires = drawWires(steps, graph, NO_MARKS, null);
      expect(wires.length).toBeGreaterThan(0);
      for (const { id, data } of wires) expect({ flow, id, crossed: crossed(data!.route!.path, all) }).toEqual({ flow, id, crossed: [] });
    }
  });
});

describe("a path", () => {
  it("has round corners, no rounder than its pieces are long, and its label on the longest piece", () => {
    const found = drawRoute([{ x: 0, y: 0 }, { x: 100, y: 0 }, { x: 100, y: 4 }, { x: 120, y: 4 }]);
    expect(found.path).toBe("M0 0L98 0Q100 0 100 2L100 2Q100 4 102 4L120 4");
    expect(found.label).toEqual({ x: 50, y: 0 });
    expect([found.from, found.to]).toEqual([{ x: 0, y: 0 }, { x: 120, y: 4 }]);
  });
});
