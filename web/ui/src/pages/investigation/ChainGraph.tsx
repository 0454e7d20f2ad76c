import { AimOutlined, MinusOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Flex, theme } from 'antd';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, type KeyboardEvent, type PointerEvent } from 'react';

import { covers, drawFrame, drawLayer, type Colours, type Layer, type View } from './chainDrawing';
import { layOut, type ChainPerson } from './chainLayout';

interface Props {
  people: ChainPerson[];
  chosen: string;
  onChoose: (id: string) => void;
  /** Ids that a search found; undefined where nothing is searched. */
  found?: Set<string>;
  words: { label: string; closer: string; further: string; whole: string; generation: (n: number) => string; day: (at: number) => string };
}

const height = 520;

/** A chain on a canvas: drag to move, wheel or keys + and − to come closer, arrows to go from one to the next, a click to choose. */
export function ChainGraph({ people, chosen, onChoose, found, words }: Props) {
  const { token } = theme.useToken();
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = useRef<View>({ x: 0, y: 0, scale: 1 });
  const layer = useRef<Layer>(undefined);
  const at = useRef(-1); // whom the keyboard goes on from
  const frame = useRef(0);
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined);
  const drag = useRef<{ x: number; y: number; moved: boolean }>(undefined);
  const layout = useMemo(() => layOut(people), [people]);
  const index = useMemo(() => new Map(layout.nodes.map((n, i) => [n.id, i])), [layout]);
  const colours = useMemo<Colours>(
    () => ({
      ground: token.colorBgContainer,
      band: token.colorFillQuaternary,
      line: token.colorBorder,
      text: token.colorText,
      faint: token.colorTextSecondary,
      chosen: token.colorText,
      generations: [token.colorError, token.colorWarning, token.colorInfo, token.colorSuccess, token.purple, token.cyan],
    }),
    [token],
  );
  const marks = useMemo(() => {
    const at = index.get(chosen) ?? -1;
    const path = new Set<number>();
    for (let i = at; i >= 0 && !path.has(i); i = layout.nodes[i]!.parent) path.add(i);
    const hits = found && new Set([...found].map((id) => index.get(id) ?? -1));
    return { chosen: at, path, found: hits };
  }, [chosen, found, index, layout]);

  // What the layer shows is another from now on.
  useLayoutEffect(() => {
    layer.current = undefined;
    at.current = marks.chosen;
  }, [layout, colours, marks]);

  const paint = useCallback((moving = false) => {
    cancelAnimationFrame(frame.current);
    clearTimeout(rest.current);
    frame.current = requestAnimationFrame(() => {
      const element = canvas.current;
      const context = element?.getContext('2d', { alpha: false });
      if (!element || !context) return;
      const size = { width: element.clientWidth, height, ratio: Math.min(2, devicePixelRatio || 1) };
      const [w, h] = [Math.round(size.width * size.ratio), Math.round(height * size.ratio)];
      if (element.width !== w || element.height !== h) {
        element.width = w;
        element.height = h;
        layer.current = undefined;
      }
      const v = view.current;
      if (!moving || !layer.current || !covers(layer.current, layout, v, size.width, height)) layer.current = drawLayer(layout, v, size, colours, marks, layer.current);
      drawFrame(context, layout, layer.current, v, size, colours, words.generation, words.day);
      if (moving) rest.current = setTimeout(paint, 150);
    });
  }, [layout, colours, marks, words]);

  const whole = useCallback(() => {
    const width = canvas.current?.clientWidth || 900;
    const scale = Math.min((width - 160) / layout.width, (height - 60) / layout.height, 2.5);
    view.current = { x: -90 / scale, y: -40 / scale, scale };
  }, [layout]);
  useEffect(whole, [whole]);
  useEffect(() => {
    paint();
    const observer = new ResizeObserver(() => paint());
    if (canvas.current) observer.observe(canvas.current);
    return () => {
      observer.disconnect();
      clearTimeout(rest.current);
      cancelAnimationFrame(frame.current);
    };
  }, [paint]);

  const zoom = useCallback(
    (factor: number, x = (canvas.current?.clientWidth ?? 900) / 2, y = height / 2) => {
      const v = view.current;
      const scale = Math.min(20, Math.max(0.05, v.scale * factor));
      view.current = { x: v.x + x / v.scale - x / scale, y: v.y + y / v.scale - y / scale, scale };
      paint(true);
    },
    [paint],
  );
  // React's own wheel listener may not keep the page from scrolling.
  useEffect(() => {
    const element = canvas.current;
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      zoom(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY);
    };
    element?.addEventListener('wheel', wheel, { passive: false });
    return () => element?.removeEventListener('wheel', wheel);
  }, [zoom]);

  const nearest = (px: number, py: number) => {
    const v = view.current;
    let best = -1;
    let least = 14 * 14;
    layout.nodes.forEach((n, i) => {
      const dx = (n.x - v.x) * v.scale - px;
      const dy = (n.y - v.y) * v.scale - py;
      if (dx * dx + dy * dy < least) [best, least] = [i, dx * dx + dy * dy];
    });
    return best;
  };
  const move = (event: PointerEvent) => {
    if (!drag.current) return;
    const dx = event.clientX - drag.current.x;
    const dy = event.clientY - drag.current.y;
    if (!drag.current.moved && Math.abs(dx) + Math.abs(dy) < 4) return;
    drag.current = { x: event.clientX, y: event.clientY, moved: true };
    const v = view.current;
    view.current = { ...v, x: v.x - dx / v.scale, y: v.y - dy / v.scale };
    paint(true);
  };
  const up = (event: PointerEvent<HTMLCanvasElement>) => {
    const moved = drag.current?.moved;
    drag.current = undefined;
    if (moved) return;
    const box = event.currentTarget.getBoundingClientRect();
    const hit = nearest(event.clientX - box.left, event.clientY - box.top);
    onChoose(hit < 0 ? '' : layout.nodes[hit]!.id);
  };
  const key = (event: KeyboardEvent) => {
    const from = at.current;
    const n = layout.nodes[from];
    const child = () => layout.nodes.findIndex((c) => c.parent === from);
    const to = { ArrowDown: Math.min(layout.nodes.length - 1, from + 1), ArrowUp: Math.max(0, from - 1), ArrowLeft: n?.parent ?? 0, ArrowRight: n ? child() : 0 }[event.key];
    if (event.key === '+' || event.key === '=') zoom(1.3);
    else if (event.key === '-') zoom(1 / 1.3);
    else if (event.key === 'Escape') onChoose('');
    else if (to === undefined) return;
    else if (layout.nodes[to]) {
      at.current = to;
      onChoose(layout.nodes[to].id);
      const v = view.current;
      const width = canvas.current?.clientWidth ?? 900;
      view.current = { ...v, x: layout.nodes[to].x - width / 2 / v.scale, y: layout.nodes[to].y - height / 2 / v.scale };
    }
    event.preventDefault();
  };
  return (
    <div style={{ position: 'relative', border: `1px solid ${token.colorBorderSecondary}`, borderRadius: token.borderRadius, overflow: 'hidden' }}>
      <canvas
        ref={canvas}
        role="application"
        tabIndex={0}
        aria-label={words.label}
        style={{ width: '100%', height, display: 'block', cursor: 'grab', touchAction: 'none' }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          drag.current = { x: event.clientX, y: event.clientY, moved: false };
        }}
        onPointerMove={move}
        onPointerUp={up}
        onKeyDown={key}
      />
      <Flex vertical gap={4} style={{ position: 'absolute', right: 8, bottom: 8 }}>
        <Button icon={<PlusOutlined />} aria-label={words.closer} title={words.closer} onClick={() => zoom(1.4)} />
        <Button icon={<MinusOutlined />} aria-label={words.further} title={words.further} onClick={() => zoom(1 / 1.4)} />
        <Button
          icon={<AimOutlined />}
          aria-label={words.whole}
          title={words.whole}
          onClick={() => {
            whole();
            paint();
          }}
        />
      </Flex>
    </div>
  );
}
