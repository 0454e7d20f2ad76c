// Where the people of a chain stand: to the right by the time of exposure, and down by generation. Within the band of a
// generation each goes into the lane whose last one is furthest to the left, so that they overlap as little as can be.

export interface ChainPerson {
  id: string;
  name: string;
  generation: number;
  /** Of exposure, in milliseconds since 1970. */
  at: number;
  /** Id of whom this one met; empty for the index person. */
  from: string;
}

export interface ChainNode extends ChainPerson {
  x: number;
  y: number;
  /** Index of the one it comes from; -1 for the index person. */
  parent: number;
}

export interface ChainLayout {
  nodes: ChainNode[];
  bands: { generation: number; top: number; height: number }[];
  width: number;
  height: number;
  from: number;
  to: number;
}

const lane = 16;
const gap = 24;

/** Lays people out; the order of the nodes is that of generation and time. */
export function layOut(people: ChainPerson[]): ChainLayout {
  const sorted = [...people].sort((a, b) => a.generation - b.generation || a.at - b.at);
  const times = sorted.map((p) => p.at).filter((at) => at > 0);
  let from = Infinity;
  let to = -Infinity;
  for (const at of times) {
    from = Math.min(from, at);
    to = Math.max(to, at);
  }
  if (!(from < to)) {
    from = Number.isFinite(from) ? from - 43_200_000 : 0;
    to = from + 86_400_000;
  }
  const most = new Map<number, number>();
  for (const p of sorted) most.set(p.generation, (most.get(p.generation) ?? 0) + 1);
  const bands: ChainLayout['bands'] = [];
  let top = 0;
  for (const [generation, count] of most) {
    const lanes = Math.min(60, Math.max(2, Math.min(count, 12), Math.ceil(count / 40)));
    bands.push({ generation, top, height: lanes * lane });
    top += lanes * lane + gap;
  }
  const height = Math.max(lane, top - gap);
  const width = Math.max(1600, 2 * height); // about as the graph is on a page, so that all of it fills its place
  const byGeneration = new Map(bands.map((b) => [b.generation, { ...b, ends: new Float64Array(b.height / lane).fill(-Infinity) }]));
  const index = new Map(sorted.map((p, i) => [p.id, i]));
  const nodes = sorted.map((p) => {
    const band = byGeneration.get(p.generation)!;
    const x = ((Math.max(from, p.at) - from) / (to - from)) * width;
    let best = 0;
    for (let i = 1; i < band.ends.length; i++) if (band.ends[i]! < band.ends[best]!) best = i;
    band.ends[best] = x;
    return { ...p, x, y: band.top + best * lane + lane / 2, parent: p.from ? (index.get(p.from) ?? -1) : -1 };
  });
  return { nodes, bands, width, height, from, to };
}
