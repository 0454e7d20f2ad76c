// A sketch of a site from its zones and gates alone: zones lie in one another, gates on the edges between them.
import type { Gate, Zone } from '../../api/menshen/v1/api_pb';

/** The middle of something on the plan, in parts of its width and height; a zone has a size too. */
export interface Spot {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** How wide a sketch is for its height. */
export const sketchAspect = 1.6;

/** Zones that come after the buildings. */
const small = new Set(['shop', 'office']);

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

const spotOf = (b: Box): Spot => ({ x: (b.left + b.width / 2) / sketchAspect, y: b.top + b.height / 2, width: b.width / sketchAspect, height: b.height });

/** Where zones and gates would be. Outside has no spot: it is everything around. */
export function sketch(zones: Zone[], gates: Gate[]): { zones: Map<string, Spot>; gates: Map<string, Spot> } {
  const boxes = new Map<string, Box>();
  const inside = new Set(zones.filter((z) => z.kind !== 'outside').map((z) => z.id));
  const children = (id: string) => zones.filter((z) => inside.has(z.id) && z.parent === id).toSorted((a, b) => Number(small.has(a.kind)) - Number(small.has(b.kind)));
  const fill = (list: Zone[], room: Box, gap: number) => {
    const { columns, rows } = grid(list.length, room);
    list.forEach((zone, i) => {
      const width = (room.width - gap * (columns - 1)) / columns;
      const height = (room.height - gap * (rows - 1)) / rows;
      const box = { left: room.left + (i % columns) * (width + gap), top: room.top + Math.floor(i / columns) * (height + gap), width, height };
      boxes.set(zone.id, box);
      const pad = Math.min(width, height) * 0.09;
      const label = Math.min(0.045, height * 0.2);
      const within = { left: box.left + pad, top: box.top + pad + label, width: width - 2 * pad, height: height - 2 * pad - label };
      const below = children(zone.id);
      if (below.length > 0) fill(below, within, Math.min(within.width, within.height) * 0.07);
    });
  };
  const tops = zones.filter((z) => inside.has(z.id) && !inside.has(z.parent));
  if (tops.length > 0) fill(tops, { left: 0.11, top: 0.1, width: sketchAspect - 0.22, height: 0.8 }, 0.1);
  return { zones: new Map([...boxes].map(([id, box]) => [id, spotOf(box)])), gates: gateSpots(gates, boxes, zones) };
}

function grid(count: number, room: Box): { columns: number; rows: number } {
  let best = { columns: 1, rows: count };
  let worst = Infinity;
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const shape = room.width / columns / (room.height / rows);
    const bad = Math.abs(Math.log(shape / 1.25)) + (columns * rows - count) * 0.3;
    if (bad < worst) [best, worst] = [{ columns, rows }, bad];
  }
  return best;
}

const sides: [RegExp, Side][] = [
  [/东|\beast/i, 'right'],
  [/西|\bwest/i, 'left'],
  [/北|\bnorth/i, 'top'],
  [/南|\bsouth/i, 'bottom'],
];
type Side = 'right' | 'left' | 'top' | 'bottom';

/** A gate that leads out of the site is on the side that its name tells; the others are on the edge of the inner zone, or in the middle between two. */
function gateSpots(gates: Gate[], boxes: Map<string, Box>, zones: Zone[]): Map<string, Spot> {
  const parent = new Map(zones.map((z) => [z.id, z.parent]));
  const spots = new Map<string, Spot>();
  const edges = new Map<string, { box: Box; side: Side; ids: string[] }>();
  const onEdge = (zone: string, side: Side, id: string) => {
    const box = boxes.get(zone);
    if (!box) return;
    const edge = edges.get(`${zone} ${side}`) ?? { box, side, ids: [] };
    edge.ids.push(id);
    edges.set(`${zone} ${side}`, edge);
  };
  for (const gate of gates) {
    const a = boxes.get(gate.from);
    const b = boxes.get(gate.to);
    if (a && b && parent.get(gate.from) !== gate.to && parent.get(gate.to) !== gate.from) {
      const apart = overlap(a, b);
      spots.set(gate.id, { x: apart.x / sketchAspect, y: apart.y, width: 0, height: 0 });
      continue;
    }
    const inner = b && parent.get(gate.to) === gate.from ? gate.to : a && parent.get(gate.from) === gate.to ? gate.from : b ? gate.to : gate.from;
    const named = a && b ? undefined : sides.find(([word]) => word.test(`${gate.name?.zh ?? ''} ${gate.id}`))?.[1];
    onEdge(inner, named ?? 'bottom', gate.id);
  }
  for (const { box, side, ids } of edges.values()) {
    ids.forEach((id, i) => {
      const part = (i + 1) / (ids.length + 1);
      const along = side === 'left' || side === 'right' ? { x: side === 'left' ? box.left : box.left + box.width, y: box.top + box.height * part } : { x: box.left + box.width * part, y: side === 'top' ? box.top : box.top + box.height };
      spots.set(id, { x: along.x / sketchAspect, y: along.y, width: 0, height: 0 });
    });
  }
  return spots;
}

/** The middle of the gap between two boxes. */
function overlap(a: Box, b: Box): { x: number; y: number } {
  const middle = (from1: number, to1: number, from2: number, to2: number) => (Math.max(from1, from2) + Math.min(to1, to2)) / 2;
  return { x: middle(a.left, a.left + a.width, b.left, b.left + b.width), y: middle(a.top, a.top + a.height, b.top, b.top + b.height) };
}
