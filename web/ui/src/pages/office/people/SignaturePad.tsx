import { Button, Flex, Typography } from 'antd';
import { useRef, useState, type PointerEvent } from 'react';

import { useTexts } from '../../../language';

const width = 600;
const height = 200;
const longest = 30_000; // characters of the path, less than the server takes

/** A box to sign in with a finger, a pen or the mouse: gives the lines as an SVG path with whole numbers. */
export function SignaturePad({ value, onChange }: { value: string; onChange: (path: string) => void }) {
  const t = useTexts().enrol;
  const [drawing, setDrawing] = useState('');
  const live = useRef('');

  const at = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const place = (value_: number, size: number, units: number) => Math.min(units, Math.max(0, Math.round((value_ / size) * units)));
    return `${place(event.clientX - box.left, box.width, width)} ${place(event.clientY - box.top, box.height, height)}`;
  };
  const begin = (event: PointerEvent<SVGSVGElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    const point = at(event);
    live.current = `M${point}L${point}`; // a dot is a line too
    setDrawing(live.current);
  };
  const go = (event: PointerEvent<SVGSVGElement>) => {
    if (!live.current || value.length + live.current.length > longest) return;
    live.current += `L${at(event)}`;
    setDrawing(live.current);
  };
  const end = () => {
    if (live.current) onChange(value + live.current);
    live.current = '';
    setDrawing('');
  };
  return (
    <Flex vertical gap={4} style={{ maxWidth: 600 }}>
      <Flex justify="space-between" align="end">
        <Typography.Text>{t.signHere}</Typography.Text>
        <Button size="small" disabled={!value} onClick={() => onChange('')}>
          {t.clear}
        </Button>
      </Flex>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        data-testid="signature"
        aria-hidden
        onPointerDown={begin}
        onPointerMove={go}
        onPointerUp={end}
        onPointerCancel={end}
        style={{ width: '100%', background: '#fff', border: '1px dashed #8c8c8c', borderRadius: 8, touchAction: 'none', cursor: 'crosshair' }}
      >
        <line x1={30} x2={570} y1={160} y2={160} stroke="#bbb" strokeWidth={1} />
        <path d={value + drawing} fill="none" stroke="#111" strokeWidth={4} strokeLinecap="round" strokeLinejoin="round" />
      </svg>
      <Typography.Text type="secondary">{t.signTyped}</Typography.Text>
    </Flex>
  );
}
