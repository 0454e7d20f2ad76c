import { Button, Flex, theme, Typography } from 'antd';
import { useState, type KeyboardEvent, type MouseEvent } from 'react';

import type { ThresholdPoint } from '../../../api/menshen/v1/api_pb';
import { useTexts } from '../../../language';
import { of100, of10000 } from './shares';
import { series } from './scale';
import { useWidth } from '../../../parts/useWidth';

const height = 260;
const [left, right, top, bottom] = [64, 52, 20, 30];
const least = 0.00005;

/** What each threshold would mean: strangers who are let in, on a logarithmic scale, and residents who are not recognised. */
export function ThresholdCurve({ points, known, network, onAim }: { points: ThresholdPoint[]; known: number; network: number; onAim: (taken: number) => void }) {
  const t = useTexts().sitePlan;
  const { token } = theme.useToken();
  const [box, width] = useWidth(720);
  const nearest = (to: number) => points.reduce((best, p, i) => (Math.abs(p.known - to) < Math.abs(points[best]!.known - to) ? i : best), 0);
  const [chosen, setChosen] = useState<number>();
  const at = chosen === undefined ? undefined : points[chosen];

  const from = points[0]!.known;
  const to = points.at(-1)!.known;
  const x = (distance: number) => left + ((distance - from) / (to - from)) * (width - left - right);
  const room = height - top - bottom;
  const y = (taken: number) => height - bottom - (Math.log(Math.max(least, taken) / least) / Math.log(1 / least)) * room;
  const own = (missed: number) => height - bottom - missed * room;
  const line = (value: (p: ThresholdPoint) => number) => points.map((p, i) => `${i ? 'L' : 'M'}${x(p.known).toFixed(1)} ${value(p).toFixed(1)}`).join('');
  const anyMissed = points.some((p) => p.missed > 0);
  const choose = (event: MouseEvent<SVGSVGElement>) => {
    const area = event.currentTarget.getBoundingClientRect();
    const distance = from + ((((event.clientX - area.left) / area.width) * width - left) / (width - left - right)) * (to - from);
    setChosen(nearest(distance));
  };
  const key = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    setChosen(Math.min(points.length - 1, Math.max(0, (chosen ?? nearest(known)) + step)));
  };
  return (
    <div ref={box}>
      <Flex gap={12} wrap style={{ marginBottom: 4 }}>
        {[
          { name: t.takenAxis, colour: series[1]! },
          ...(anyMissed ? [{ name: t.missedAxis, colour: series[0]! }] : []),
        ].map((s) => (
          <Flex key={s.name} gap={6} align="center">
            <svg width={20} height={4} aria-hidden>
              <rect width={20} height={4} fill={s.colour} />
            </svg>
            <Typography.Text style={{ fontSize: 13 }}>{s.name}</Typography.Text>
          </Flex>
        ))}
      </Flex>
      <div role="group" tabIndex={0} aria-label={`${t.curve}. ${t.curveHint}`} onKeyDown={key}>
        <svg width={width} height={height} role="img" aria-label={t.curve} onClick={choose} style={{ display: 'block', maxWidth: '100%', cursor: 'crosshair' }}>
          {[0.0001, 0.001, 0.01, 0.1, 1].map((share) => (
            <g key={share}>
              <line x1={left} x2={width - right} y1={y(share)} y2={y(share)} stroke={token.colorBorderSecondary} />
              <text x={left - 6} y={y(share) + 4} fontSize={12} textAnchor="end" fill={token.colorTextSecondary}>
                {share * 100 < 1 ? share * 100 : Math.round(share * 100)}%
              </text>
            </g>
          ))}
          {anyMissed &&
            [0, 0.5, 1].map((share) => (
              <text key={share} x={width - right + 6} y={own(share) + 4} fontSize={12} fill={series[0]}>
                {share * 100}%
              </text>
            ))}
          {Array.from({ length: 6 }, (_, i) => from + ((to - from) * i) / 5).map((d) => (
            <text key={d} x={x(d)} y={height - 10} fontSize={12} textAnchor="middle" fill={token.colorTextSecondary}>
              {d.toFixed(3)}
            </text>
          ))}
          {anyMissed && <path d={line((p) => own(p.missed))} fill="none" stroke={series[0]} strokeWidth={2} strokeDasharray="6 4" />}
          <path d={line((p) => y(p.taken))} fill="none" stroke={series[1]} strokeWidth={3} />
          {network >= from && network <= to && (
            <g>
              <line x1={x(network)} x2={x(network)} y1={top} y2={height - bottom} stroke={token.colorTextSecondary} strokeDasharray="2 4" />
              <text x={x(network) + 4} y={height - bottom - 6} fontSize={12} fill={token.colorTextSecondary}>
                {t.network}
              </text>
            </g>
          )}
          {known >= from && known <= to && (
            <g>
              <line x1={x(known)} x2={x(known)} y1={top} y2={height - bottom} stroke={token.colorPrimary} strokeWidth={2} />
              <circle cx={x(known)} cy={y(points[nearest(known)]!.taken)} r={6} fill={token.colorPrimary} />
              <text x={x(known) - 6} y={14} fontSize={12} textAnchor={x(known) > width / 2 ? 'end' : 'start'} fill={token.colorText}>
                {t.chosen} {known.toFixed(3)}
              </text>
            </g>
          )}
          {at && <circle cx={x(at.known)} cy={y(at.taken)} r={7} fill="none" stroke={token.colorText} strokeWidth={2} />}
        </svg>
      </div>
      <Flex gap={12} align="center" wrap style={{ minHeight: 44 }}>
        <Typography.Text aria-live="polite" type={at ? undefined : 'secondary'}>
          {at ? t.atThreshold(at.known.toFixed(3), of10000(at.taken), of100(at.missed)) : t.curveHint}
        </Typography.Text>
        {at && at.taken <= 0.05 && (
          <Button className="no-print" onClick={() => onAim(at.taken)}>
            {t.aimAtThis}
          </Button>
        )}
      </Flex>
      <details>
        <summary>{t.asTable}</summary>
        <div style={{ overflowX: 'auto' }} tabIndex={0} role="region" aria-label={t.curve}>
          <table className="plain-table">
            <thead>
              <tr>
                <th scope="col">{t.thresholds}</th>
                <th scope="col">{t.takenAxis}</th>
                <th scope="col">{t.missedAxis}</th>
              </tr>
            </thead>
            <tbody>
              {points.map((p) => (
                <tr key={p.known}>
                  <th scope="row">{p.known.toFixed(3)}</th>
                  <td>{(p.taken * 100).toFixed(3)}%</td>
                  <td>{of100(p.missed)}%</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </div>
  );
}
