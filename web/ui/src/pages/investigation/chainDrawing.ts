import type { ChainLayout } from './chainLayout';

export interface View {
  x: number;
  y: number;
  scale: number;
}

export interface Colours {
  ground: string;
  band: string;
  line: string;
  text: string;
  faint: string;
  chosen: string;
  generations: string[];
}

const radius = 5;

export interface Marks {
  chosen: number;
  path: Set<number>;
  found: Set<number> | undefined;
}

/** A picture of people and lines around a view, which is moved and stretched while the view moves. */
export interface Layer {
  canvas: OffscreenCanvas;
  /** What it shows: from this point of the layout on, at this scale, so many pixels of the page. */
  view: View;
  width: number;
  height: number;
}

/** Whether a layer still is good enough to show a view with. */
export function covers(layer: Layer, layout: ChainLayout, view: View, width: number, height: number): boolean {
  const stretch = view.scale / layer.view.scale;
  if (stretch > 2 || stretch < 0.6) return false;
  const slack = 2 * radius;
  // Where nobody stands, nothing is missing.
  const left = Math.max(view.x, -slack);
  const top = Math.max(view.y, -slack);
  const right = Math.min(view.x + width / view.scale, layout.width + slack);
  const bottom = Math.min(view.y + height / view.scale, layout.height + slack);
  return left >= layer.view.x && top >= layer.view.y && right <= layer.view.x + layer.width / layer.view.scale && bottom <= layer.view.y + layer.height / layer.view.scale;
}

/** Draws the people and lines of a view and of half as much again on each side of it. */
export function drawLayer(layout: ChainLayout, view: View, size: { width: number; height: number; ratio: number }, colours: Colours, marks: Marks, before?: Layer): Layer {
  const width = 2 * size.width;
  const height = 2 * size.height;
  const from: View = { x: view.x - size.width / 2 / view.scale, y: view.y - size.height / 2 / view.scale, scale: view.scale };
  const [w, h] = [Math.ceil(width * size.ratio), Math.ceil(height * size.ratio)];
  const canvas = before?.canvas.width === w && before.canvas.height === h ? before.canvas : new OffscreenCanvas(w, h);
  const context = canvas.getContext('2d')!;
  context.setTransform(size.ratio, 0, 0, size.ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  people(context, layout, from, width, height, colours, marks);
  return { canvas, view: from, width, height };
}

/** Draws a frame: the bands of the generations and the time, and the layer between them. */
export function drawFrame(context: CanvasRenderingContext2D, layout: ChainLayout, layer: Layer, view: View, size: { width: number; height: number; ratio: number }, colours: Colours, label: (generation: number) => string, day: (at: number) => string) {
  const { width, height, ratio } = size;
  const sy = (y: number) => (y - view.y) * view.scale;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = colours.ground;
  context.fillRect(0, 0, width, height);
  context.fillStyle = colours.band;
  for (const b of layout.bands) context.fillRect(0, sy(b.top), width, b.height * view.scale);
  ruler(context, layout, view, size, colours, day);
  const stretch = view.scale / layer.view.scale;
  context.drawImage(layer.canvas, (layer.view.x - view.x) * view.scale, (layer.view.y - view.y) * view.scale, layer.width * stretch, layer.height * stretch);
  context.font = '13px system-ui, sans-serif';
  context.fillStyle = colours.faint;
  let last = 20;
  for (const b of layout.bands) {
    if (sy(b.top + b.height) < 0 || sy(b.top) > height) continue;
    last = Math.max(last + 14, Math.min(height - 6, sy(b.top) + 14));
    context.fillText(label(b.generation), 8, last);
  }
}

/** Few strokes and fills, each for many people. */
function people(context: OffscreenCanvasRenderingContext2D, layout: ChainLayout, view: View, width: number, height: number, colours: Colours, marks: Marks) {
  const sx = (x: number) => (x - view.x) * view.scale;
  const sy = (y: number) => (y - view.y) * view.scale;
  context.strokeStyle = colours.line;
  context.lineWidth = 1;
  context.beginPath();
  for (const n of layout.nodes) {
    const p = layout.nodes[n.parent];
    if (!p) continue;
    const x1 = sx(p.x);
    const x2 = sx(n.x);
    const y1 = sy(p.y);
    const y2 = sy(n.y);
    if (Math.max(x1, x2) < 0 || Math.min(x1, x2) > width || Math.max(y1, y2) < 0 || Math.min(y1, y2) > height) continue;
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
  }
  context.stroke();

  const r = Math.max(1.5, Math.min(radius * 1.6, radius * view.scale));
  const fills = new Map<string, number[]>();
  layout.nodes.forEach((n, i) => {
    const x = sx(n.x);
    const y = sy(n.y);
    if (x < -r || x > width + r || y < -r || y > height + r) return;
    const colour = marks.found && !marks.found.has(i) ? colours.line : colours.generations[n.generation % colours.generations.length]!;
    let list = fills.get(colour);
    if (!list) fills.set(colour, (list = []));
    list.push(x, y);
  });
  for (const [colour, at] of fills) {
    context.fillStyle = colour;
    context.beginPath();
    for (let i = 0; i < at.length; i += 2) {
      const x = at[i]!;
      const y = at[i + 1]!;
      if (r < 3) context.rect(x - r, y - r, 2 * r, 2 * r);
      else {
        context.moveTo(x + r, y);
        context.arc(x, y, r, 0, 7);
      }
    }
    context.fill();
  }

  if (marks.path.size > 0) {
    context.strokeStyle = colours.chosen;
    context.lineWidth = 2.5;
    context.beginPath();
    for (const i of marks.path) {
      const n = layout.nodes[i]!;
      const p = layout.nodes[n.parent];
      if (p) {
        context.moveTo(sx(p.x), sy(p.y));
        context.lineTo(sx(n.x), sy(n.y));
      }
      context.moveTo(sx(n.x) + r + 2, sy(n.y));
      context.arc(sx(n.x), sy(n.y), r + 2, 0, 7);
    }
    context.stroke();
  }

  context.fillStyle = colours.text;
  context.font = '13px system-ui, sans-serif';
  // Names only where there is room for them, and of those on the path always.
  const named = view.scale >= 1.6 || layout.nodes.length <= 60;
  const taken = new Set<string>(); // places of 60 by 16 pixels that have a name
  const write = (n: ChainLayout['nodes'][number], always: boolean) => {
    const x = sx(n.x);
    const y = sy(n.y);
    if (x < -80 || x > width || y < 0 || y > height) return;
    const place = (across: number) => `${Math.floor(x / 60) + across} ${Math.round(y / 16)}`;
    if (!always && (taken.size > 600 || taken.has(place(0)) || taken.has(place(1)))) return;
    taken.add(place(0)).add(place(1));
    context.fillText(n.name, x + r + 4, y + 4);
  };
  for (const i of marks.path) write(layout.nodes[i]!, true);
  if (named) layout.nodes.forEach((n, i) => marks.path.has(i) || write(n, false));
}

function ruler(context: CanvasRenderingContext2D, layout: ChainLayout, view: View, size: { width: number; height: number }, colours: Colours, day: (at: number) => string) {
  const span = layout.to - layout.from;
  const pixels = (layout.width * view.scale) / span;
  const steps = [3_600_000, 3 * 3_600_000, 12 * 3_600_000, 86_400_000, 2 * 86_400_000, 7 * 86_400_000];
  const step = steps.find((s) => s * pixels >= 110) ?? 30 * 86_400_000;
  context.font = '12px system-ui, sans-serif';
  const first = layout.from + (view.x / layout.width) * span;
  for (let at = Math.ceil(first / step) * step; ; at += step) {
    const x = ((at - layout.from) / span) * layout.width;
    const px = (x - view.x) * view.scale;
    if (px > size.width) break;
    context.fillStyle = colours.line;
    context.fillRect(px, 0, 1, size.height);
    context.fillStyle = colours.faint;
    context.fillText(day(at), px + 4, 14);
  }
}
