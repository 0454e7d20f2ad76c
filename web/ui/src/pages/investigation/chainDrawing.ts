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

/** Draws what of a chain is in view. Few strokes and fills, each for many people, so that thousands are drawn in one frame. */
export function draw(context: CanvasRenderingContext2D, layout: ChainLayout, view: View, size: { width: number; height: number; ratio: number; hasty: boolean }, colours: Colours, marks: { chosen: number; path: Set<number>; found: Set<number> | undefined }, label: (generation: number) => string, day: (at: number) => string) {
  const { width, height, ratio } = size;
  const sx = (x: number) => (x - view.x) * view.scale;
  const sy = (y: number) => (y - view.y) * view.scale;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = colours.ground;
  context.fillRect(0, 0, width, height);
  context.fillStyle = colours.band;
  for (const b of layout.bands) context.fillRect(0, sy(b.top), width, b.height * view.scale);

  ruler(context, layout, view, size, colours, day);

  context.strokeStyle = colours.line;
  context.lineWidth = 1;
  context.beginPath();
  // In motion a part of the lines is enough for the eye.
  const step = size.hasty ? Math.max(1, Math.ceil(layout.nodes.length / 1000)) : 1;
  for (let i = 0; i < layout.nodes.length; i += step) {
    const n = layout.nodes[i]!;
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
  let written = 0;
  layout.nodes.forEach((n, i) => {
    if (!marks.path.has(i) && !(named && written < 300)) return;
    const x = sx(n.x);
    const y = sy(n.y);
    if (x < -80 || x > width || y < 0 || y > height) return;
    written++;
    context.fillText(n.name, x + r + 4, y + 4);
  });
  context.fillStyle = colours.faint;
  for (const b of layout.bands) context.fillText(label(b.generation), 8, Math.max(34, Math.min(height - 6, sy(b.top) + 14)));
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
