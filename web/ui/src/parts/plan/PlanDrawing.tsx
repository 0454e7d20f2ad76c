import { theme } from 'antd';
import { Fragment, useRef, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';

import { isOuter } from './outer';
import type { Spot } from './sketch';
import type { Drawn, PlanNames } from './usePlan';
import { useWidth } from '../useWidth';

export interface Look {
  colour: string;
  /** Drawn on the gate, so that colour is not all that tells. */
  sign?: 'open' | 'guarded' | 'closed';
  words?: string;
  alarm?: boolean;
}

/** Something on the plan. */
export interface On {
  kind: 'zone' | 'gate';
  id: string;
}

interface Props {
  label: string;
  drawn: Drawn;
  names: PlanNames;
  gateLook?: (id: string) => Look | undefined;
  /** How much a zone is lit, 0 to 1. */
  lit?: (id: string) => number;
  chosen?: On;
  onChoose?: (on: On) => void;
  /** Makes everything movable: by dragging, and by keyboard. */
  onMove?: (on: On, spot: Spot, done: boolean) => void;
  onTakeOff?: (on: On) => void;
  children?: (size: { width: number; height: number }) => ReactNode;
}

/** The plan of the site: a picture or a sketch, with zones and gates on it. */
export function PlanDrawing({ label, drawn, names, gateLook, lit, chosen, onChoose, onMove, onTakeOff, children }: Props) {
  const { token } = theme.useToken();
  const svg = useRef<SVGSVGElement>(null);
  const drag = useRef<{ on: On; from: Spot; x: number; y: number; size: boolean; moved?: Spot }>(undefined);
  const [box, width] = useWidth(800); // all sizes below are CSS pixels
  const height = width / drawn.aspect;
  const kinds = new Map(names.zones.map((z) => [z.id, z.kind]));
  const movable = Boolean(onMove);

  const at = (event: PointerEvent) => {
    const box = svg.current!.getBoundingClientRect();
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  };
  const down = (event: PointerEvent<SVGGElement>, on: On, spot: Spot, size = false) => {
    onChoose?.(on);
    if (!onMove || event.button !== 0) return;
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { on, from: spot, ...at(event), size };
  };
  const move = (event: PointerEvent) => {
    const d = drag.current;
    if (!d || !onMove) return;
    const { x, y } = at(event);
    if (!d.moved && Math.hypot(x - d.x, y - d.y) < 0.003) return;
    d.moved = shifted(d.from, x - d.x, y - d.y, d.size);
    onMove(d.on, d.moved, false);
  };
  // Also where the browser takes the finger away: then it stays where it was last.
  const up = () => {
    const d = drag.current;
    drag.current = undefined;
    if (d?.moved) onMove?.(d.on, d.moved, true);
  };
  const key = (event: KeyboardEvent, on: On, spot: Spot) => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      onChoose?.(on);
      return;
    }
    if (!onMove) return;
    if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      onTakeOff?.(on);
      return;
    }
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step) return;
    event.preventDefault();
    const far = event.altKey ? 0.002 : 0.01;
    onMove(on, shifted(spot, step[0]! * far, step[1]! * far, event.shiftKey && on.kind === 'zone'), true);
  };
  const handles = (on: On, spot: Spot, name: string) => ({
    ...(onChoose && { role: 'button', tabIndex: 0, 'aria-label': name, 'aria-pressed': chosen?.kind === on.kind && chosen.id === on.id }),
    onPointerDown: (event: PointerEvent<SVGGElement>) => down(event, on, spot),
    onPointerMove: move,
    onPointerUp: up,
    onPointerCancel: up,
    onKeyDown: (event: KeyboardEvent) => key(event, on, spot),
    style: { cursor: movable ? 'move' : onChoose ? 'pointer' : undefined, outlineOffset: 2, touchAction: movable ? 'none' : undefined },
  });
  const isChosen = (kind: On['kind'], id: string) => chosen?.kind === kind && chosen.id === id;

  // Larger zones first: what lies in them is drawn over them.
  const zones = [...drawn.zones].toSorted(([, a], [, b]) => b.width * b.height - a.width * a.height);
  const outer = new Set(names.gates.filter(isOuter).map((g) => g.id));
  const gates = [...drawn.gates].toSorted(([a], [b]) => Number(outer.has(a)) - Number(outer.has(b)));
  return (
    <div ref={box}>
      <svg ref={svg} viewBox={`0 0 ${width} ${height}`} width="100%" role="group" aria-label={label} style={{ display: 'block', background: token.colorFillQuaternary, borderRadius: 8, userSelect: 'none' }}>
        {drawn.picture && <image href={drawn.picture} width={width} height={height} preserveAspectRatio="none" />}
        {zones.map(([id, spot]) => {
          const on: On = { kind: 'zone', id };
          const light = lit?.(id) ?? 0;
          const w = spot.width * width;
          const h = spot.height * height;
          const x = spot.x * width - w / 2;
          const y = spot.y * height - h / 2;
          const name = names.short(id);
          const size = Math.min(14, h * 0.32, (w - 8) / lettersOf(name));
          const strong = isChosen('zone', id);
          return (
            <Fragment key={id}>
              <g {...(movable ? handles(on, spot, names.zone(id)) : {})} data-zone={id} data-lit={light > 0 || undefined}>
                <rect
                  x={x}
                  y={y}
                  width={w}
                  height={h}
                  rx={Math.min(14, h * 0.08)}
                  fill={light > 0 ? token.colorPrimary : drawn.picture ? token.colorInfo : tints[kinds.get(id) ?? '']}
                  fillOpacity={light > 0 ? 0.05 + 0.5 * light : drawn.picture ? (movable ? 0.12 : 0.04) : 0.12}
                  stroke={light > 0 || strong ? token.colorPrimary : token.colorTextQuaternary}
                  strokeWidth={light > 0 || strong ? 2.5 : 1}
                  strokeDasharray={drawn.picture && light === 0 && !strong ? '5 4' : undefined}
                />
                <title>{names.zone(id)}</title>
                {movable && strong && (
                  <rect x={x + w - 10} y={y + h - 10} width={20} height={20} rx={4} fill={token.colorPrimary} style={{ cursor: 'nwse-resize', touchAction: 'none' }} onPointerDown={(event) => down(event as unknown as PointerEvent<SVGGElement>, on, spot, true)} />
                )}
              </g>
              {size >= 9 && (
                <text x={x + 5} y={y + size + 2} fontSize={size} fontWeight={light > 0 ? 700 : 400} fill={token.colorText} stroke={drawn.picture ? token.colorBgContainer : 'none'} strokeWidth={3} paintOrder="stroke" pointerEvents="none" aria-hidden>
                  {name}
                </text>
              )}
            </Fragment>
          );
        })}
        {gates.map(([id, spot]) => {
          const on: On = { kind: 'gate', id };
          const look = gateLook?.(id) ?? { colour: token.colorTextSecondary };
          const r = (outer.has(id) ? 12 : gates.length > 40 ? 5.5 : 7) * Math.min(1, 0.55 + width / 1600);
          const x = spot.x * width;
          const y = spot.y * height;
          const words = [names.gate(id), look.words].filter(Boolean).join(' · ');
          const left = spot.x > 0.5;
          return (
            <g key={id} {...handles(on, spot, words)} data-gate={id}>
              <circle cx={x} cy={y} r={r + 8} fill="transparent" />
              {isChosen('gate', id) && <circle cx={x} cy={y} r={r + 5} fill="none" stroke={token.colorPrimary} strokeWidth={2.5} />}
              <circle cx={x} cy={y} r={r} fill={look.colour} stroke={look.alarm ? token.colorError : token.colorBgContainer} strokeWidth={look.alarm ? 4 : 1.5} />
              <Sign of={look.sign} x={x} y={y} r={r} />
              {outer.has(id) && (
                <text x={x} y={spot.y > 0.85 ? y - r - 7 : y + r + 15} fontSize={13} textAnchor={spot.x > 0.93 ? 'end' : spot.x < 0.07 ? 'start' : 'middle'} dx={spot.x > 0.93 || spot.x < 0.07 ? (left ? r : -r) : 0} fill={token.colorText} stroke={token.colorBgContainer} strokeWidth={3} paintOrder="stroke" fontWeight={600} pointerEvents="none" aria-hidden>
                  {names.gate(id)}
                </text>
              )}
              <title>{words}</title>
            </g>
          );
        })}
        {children?.({ width, height })}
      </svg>
    </div>
  );
}

/** Zones of a kind are of one colour on the sketch. */
const tints: Record<string, string> = { compound: '#009e73', building: '#d08a2e', unit: '#d08a2e', lift: '#0072b2', shop: '#cc79a7', office: '#cc79a7' };

/** What the state of a gate looks like: a tick, somebody, a bar. */
function Sign({ of, x, y, r }: { of: Look['sign']; x: number; y: number; r: number }) {
  const line = { stroke: '#fff', strokeWidth: r * 0.24, fill: 'none', strokeLinecap: 'round' as const, pointerEvents: 'none' as const };
  if (of === 'open') return <path d={`M${x - r * 0.4} ${y}l${r * 0.3} ${r * 0.35}l${r * 0.55} ${-r * 0.65}`} {...line} />;
  if (of === 'closed') return <path d={`M${x - r * 0.5} ${y}h${r}`} {...line} />;
  if (of !== 'guarded') return null;
  return (
    <g fill="#fff" pointerEvents="none">
      <circle cx={x} cy={y - r * 0.28} r={r * 0.24} />
      <path d={`M${x - r * 0.45} ${y + r * 0.5}a${r * 0.45} ${r * 0.45} 0 0 1 ${r * 0.9} 0z`} />
    </g>
  );
}

const within = (v: number, least: number, most: number) => Math.min(most, Math.max(least, v));

/** A spot that was moved, or a zone whose lower right corner was. Nothing leaves the plan. */
function shifted(spot: Spot, x: number, y: number, size: boolean): Spot {
  if (size) {
    const width = within(spot.width + x, 0.02, 1);
    const height = within(spot.height + y, 0.02, 1);
    return { x: within(spot.x + (width - spot.width) / 2, 0, 1), y: within(spot.y + (height - spot.height) / 2, 0, 1), width, height };
  }
  return { ...spot, x: within(spot.x + x, 0, 1), y: within(spot.y + y, 0, 1) };
}

/** How long a name is, in letters as wide as high. */
function lettersOf(name: string): number {
  return Math.max(1, [...name].reduce((sum, c) => sum + (c > '\u2000' ? 1 : 0.58), 0));
}
