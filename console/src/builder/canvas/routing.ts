import type { Position } from "../model/graph";

/** What a wire goes around: where a step is drawn, in pixels. */
export interface Box extends Position {
  width: number;
  height: number;
}

/** A wire to be drawn: it leaves `from` to the right and arrives at `to` from the left. */
export interface Ends {
  id: string;
  source: string;
  target: string;
  from: Position;
  to: Position;
}

/** How a wire is drawn: an SVG path, its first and last point, and where something can stand on it. */
export interface Route {
  path: string;
  from: Position;
  to: Position;
  label: Position;
}

type Way = readonly [Position, ...Position[]];

/** How far a wire goes straight on before it turns, and how far from steps it keeps. */
const STUB = 16;
const CLEARANCE = 12;
const MARGIN = CLEARANCE / 2;
const CELL = 64;
/** The distance of wires that run beside each other, and how many of them there are. */
const LANE = 7;
const LANES = [0, 1, 2, 3, 4, 5];
const BEND = 40;
const BLOCKED = 4000;
const SHARED = 6;
const RADIUS = 9;
/** So many ways above and below steps are looked at when there is one already that is not blocked. */
const TRIES = 12;

interface Known {
  wire: Ends;
  points: Way;
  route: Route;
}

/**
 * Finds a way for every wire: along and across, around all steps, and not on top of another wire unless both lead to the
 * same step. Short wires go first, and each takes the cheapest way that is left: short, with few bends.
 *
 * It remembers the ways. A wire whose ends stand where they stood keeps its own, unless a step was put upon it.
 */
export class Router {
  private boxes: ReadonlyMap<string, Box> = new Map();
  private known = new Map<string, Known>();

  route(boxes: ReadonlyMap<string, Box>, wires: readonly Ends[]): Map<string, Route> {
    const put = [...boxes].filter(([name, box]) => !isSameBox(this.boxes.get(name), box)).map(([, box]) => box);
    const field = new Field(boxes);
    const known = new Map<string, Known>();
    const open: Ends[] = [];
    for (const wire of wires) {
      const was = this.known.get(wire.id);
      if (was && isSameWire(was.wire, wire) && !put.some((box) => runsThrough(was.points, box))) {
        known.set(wire.id, was);
        field.take(was.points, wire.target);
      } else {
        open.push(wire);
      }
    }
    open.sort((one, two) => spanOf(one) - spanOf(two) || (one.id < two.id ? -1 : 1));
    for (const wire of open) {
      const points = findWay(wire, field);
      field.take(points, wire.target);
      known.set(wire.id, { wire, points, route: drawRoute(points) });
    }
    this.boxes = boxes;
    this.known = known;
    return new Map([...known].map(([id, { route }]) => [id, route]));
  }
}

function isSameBox(one: Box | undefined, two: Box): boolean {
  return one?.x === two.x && one.y === two.y && one.width === two.width && one.height === two.height;
}

function isSameWire(one: Ends, two: Ends): boolean {
  return one.source === two.source && one.target === two.target && distance(one.from, two.from) + distance(one.to, two.to) === 0;
}

function runsThrough(points: Way, box: Box): boolean {
  return listPieces(points).some((piece) => isIn(piece, box));
}

/** Ways back are found last, around all the others. */
function spanOf({ from, to }: Ends): number {
  return distance(from, to) + (to.x < from.x ? 2000 : 0);
}

function findWay(wire: Ends, field: Field): Way {
  const { from, to, target } = wire;
  const [leaving, arriving] = [field.boxes.get(wire.source), field.boxes.get(target)];
  let best: Way = [from, to];
  let least = Infinity;
  const consider = (points: Way) => {
    const length = lengthOf(points) + (points.length - 2) * BEND;
    if (length >= least) return;
    const cost = length + field.weigh(points, target, leaving, arriving);
    if (cost >= least) return;
    best = points;
    least = cost;
  };
  if (from.y === to.y && from.x < to.x) consider([from, to]);
  const outs = LANES.map((lane) => from.x + STUB + lane * LANE);
  const ins = LANES.map((lane) => to.x - STUB - lane * LANE);
  for (const x of [...outs, ...ins]) {
    if (x < from.x + STUB || x > to.x - STUB) continue;
    consider([from, { x, y: from.y }, { x, y: to.y }, to]);
  }
  let tries = 0;
  for (const { at, step } of field.listCorridors(from.y, to.y)) {
    // The nearest come first: when one is too long already, all that follow are.
    if (detour(at, from.y, to.y) + Math.abs(from.x - to.x) + 4 * BEND >= least) break;
    if (least < BLOCKED && (tries += 1) > TRIES) break;
    const rows = LANES.map((lane) => at + lane * step);
    const y = pick(rows, (row) => field.weigh([{ x: from.x, y: row }, { x: to.x, y: row }], target));
    const out = pick(outs, (x) => field.weigh([from, { x, y: from.y }, { x, y }], target, leaving));
    const back = pick(ins, (x) => field.weigh([{ x, y }, { x, y: to.y }, to], target, undefined, arriving));
    consider([from, { x: out, y: from.y }, { x: out, y }, { x: back, y }, { x: back, y: to.y }, to]);
  }
  return best;
}

/** How far it is up or down from one height to another by way of a third. */
function detour(y: number, from: number, to: number): number {
  return Math.abs(from - y) + Math.abs(to - y);
}

/** Takes the first place where nothing is in the way, else that where least is. */
function pick(places: readonly number[], hindranceAt: (place: number) => number): number {
  let best = 0;
  let least = Infinity;
  for (const place of places) {
    const hindrance = hindranceAt(place);
    if (hindrance < least) [best, least] = [place, hindrance];
    if (least === 0) break;
  }
  return best;
}

function lengthOf(points: Way): number {
  return listPieces(points).reduce((length, piece) => length + piece.end - piece.start, 0);
}

/** A straight piece of a way: up or down (`isAcross`) at some x, else along at some y; from `start` to `end`, which is more. */
interface Piece {
  isAcross: boolean;
  at: number;
  start: number;
  end: number;
}

function listPieces(points: Way): Piece[] {
  const pieces: Piece[] = [];
  let one: Position | undefined;
  for (const two of points) {
    if (one) {
      const isAcross = one.x === two.x;
      const [start, end] = isAcross ? [one.y, two.y] : [one.x, two.x];
      pieces.push({ isAcross, at: isAcross ? one.x : one.y, start: Math.min(start, end), end: Math.max(start, end) });
    }
    one = two;
  }
  return pieces;
}

/** A height beside a step, and where the next wire is drawn that passes there. */
interface Corridor {
  at: number;
  step: number;
}

/** What a wire has to mind: the steps, and the wires that have their way. */
class Field {
  readonly boxes: ReadonlyMap<string, Box>;
  readonly all: readonly Box[];
  private readonly corridors: readonly Corridor[];
  private readonly columns = new Map<number, Box[]>();
  private readonly rows = new Map<number, Box[]>();
  private readonly across = new Map<number, (Piece & { target: string })[]>();
  private readonly along = new Map<number, (Piece & { target: string })[]>();

  constructor(boxes: ReadonlyMap<string, Box>) {
    this.boxes = boxes;
    this.all = [...boxes.values()];
    this.corridors = this.all
      .flatMap(({ y, height }) => [
        { at: y - CLEARANCE, step: -LANE },
        { at: y + height + CLEARANCE, step: LANE },
      ])
      .sort((one, two) => one.at - two.at);
    for (const box of this.all) {
      sortIn(this.columns, box.x - MARGIN, box.x + box.width + MARGIN, box);
      sortIn(this.rows, box.y - MARGIN, box.y + box.height + MARGIN, box);
    }
  }

  /** Lists the heights at which a wire can pass above or below steps, those first that are the least detour. */
  *listCorridors(from: number, to: number): Generator<Corridor> {
    let above = this.corridors.findLastIndex(({ at }) => at <= to);
    let below = above + 1;
    for (;;) {
      const [higher, lower] = [this.corridors[above], this.corridors[below]];
      if (!higher && !lower) return;
      if (higher && (!lower || detour(higher.at, from, to) <= detour(lower.at, from, to))) {
        yield higher;
        above -= 1;
      } else if (lower) {
        yield lower;
        below += 1;
      }
    }
  }

  take(points: Way, target: string): void {
    for (const piece of listPieces(points)) {
      const tracks = piece.isAcross ? this.across : this.along;
      const bucket = Math.floor(piece.at / LANE);
      const known = tracks.get(bucket);
      if (known) known.push({ ...piece, target });
      else tracks.set(bucket, [{ ...piece, target }]);
    }
  }

  /** Weighs what is in a way. Its first piece may touch the step it leaves, its last the one where it arrives. */
  weigh(points: Way, target: string, leaving?: Box, arriving?: Box): number {
    const pieces = listPieces(points);
    return pieces.reduce((sum, piece, index) => {
      const touched = [index === 0 ? leaving : undefined, index === pieces.length - 1 ? arriving : undefined];
      return sum + this.measureShared(piece, target) * SHARED + this.countBlocked(piece, touched) * BLOCKED;
    }, 0);
  }

  /** Returns how many pixels would lie on wires that lead elsewhere, or nearly on them. */
  private measureShared({ isAcross, at, start, end }: Piece, target: string): number {
    const tracks = isAcross ? this.across : this.along;
    const bucket = Math.floor(at / LANE);
    let shared = 0;
    for (const near of [bucket - 1, bucket, bucket + 1]) {
      for (const other of tracks.get(near) ?? []) {
        if (other.target === target || Math.abs(other.at - at) >= LANE - 1) continue;
        shared += Math.max(0, Math.min(end, other.end) - Math.max(start, other.start));
      }
    }
    return shared;
  }

  /** Counts the steps that a piece would run through, but for those that it may touch. */
  private countBlocked(piece: Piece, touched: readonly (Box | undefined)[]): number {
    const near = (piece.isAcross ? this.columns : this.rows).get(Math.floor(piece.at / CELL)) ?? [];
    let blocked = 0;
    for (const box of near) if (isIn(piece, box) && !touched.includes(box)) blocked += 1;
    return blocked;
  }
}

/** Says whether a piece runs through a step, or too near to it. */
function isIn({ isAcross, at, start, end }: Piece, box: Box): boolean {
  const [left, right] = isAcross ? [at, at] : [start, end];
  const [top, bottom] = isAcross ? [start, end] : [at, at];
  return right > box.x - MARGIN && left < box.x + box.width + MARGIN && bottom > box.y - MARGIN && top < box.y + box.height + MARGIN;
}

/** Puts a box into each cell of the stretch that it covers, so that what is near a place is found at once. */
function sortIn(cells: Map<number, Box[]>, start: number, end: number, box: Box): void {
  for (let cell = Math.floor(start / CELL); cell <= Math.floor(end / CELL); cell += 1) {
    const known = cells.get(cell);
    if (known) known.push(box);
    else cells.set(cell, [box]);
  }
}

/** Writes the path with round corners, and finds the middle of its longest piece. */
export function drawRoute(points: Way): Route {
  const [from, ...rest] = points;
  let to = from;
  let path = `M${from.x} ${from.y}`;
  let label = from;
  let longest = 0;
  rest.forEach((corner, index) => {
    const before = to;
    to = corner;
    const length = distance(before, corner);
    if (length > longest) {
      longest = length;
      label = { x: (before.x + corner.x) / 2, y: (before.y + corner.y) / 2 };
    }
    const after = rest[index + 1];
    if (!after) {
      path += `L${corner.x} ${corner.y}`;
      return;
    }
    const radius = Math.min(RADIUS, length / 2, distance(corner, after) / 2);
    const start = towards(corner, before, radius);
    const end = towards(corner, after, radius);
    path += `L${start.x} ${start.y}Q${corner.x} ${corner.y} ${end.x} ${end.y}`;
  });
  return { path, from, to, label };
}

function distance(one: Position, two: Position): number {
  return Math.abs(one.x - two.x) + Math.abs(one.y - two.y);
}

function towards(point: Position, other: Position, length: number): Position {
  return { x: point.x + Math.sign(other.x - point.x) * length, y: point.y + Math.sign(other.y - point.y) * length };
}
