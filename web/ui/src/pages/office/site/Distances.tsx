import { Flex, theme, Typography } from 'antd';

import type { DistanceShare } from '../../../api/menshen/v1/api_pb';
import { useTexts } from '../../../language';
import { of100 } from './shares';
import { series } from './scale';
import { useWidth } from '../../../parts/useWidth';

const height = 220;
const [left, bottom] = [44, 28];

/** How far apart pictures of one person are, and how near strangers come: where both overlap, no threshold parts them. */
export function Distances({ strangers, own, known, unsure }: { strangers: DistanceShare[]; own: DistanceShare[]; known: number; unsure: number }) {
  const t = useTexts().sitePlan;
  const { token } = theme.useToken();
  const [box, width] = useWidth(720);
  const longest = Math.max(unsure * 1.05, ...strangers.map((b) => b.to), ...own.map((b) => b.to));
  const most = Math.max(...strangers.map((b) => b.share), ...own.map((b) => b.share));
  const x = (distance: number) => left + (distance / longest) * (width - left - 8);
  const y = (share: number) => height - bottom - (share / most) * (height - bottom - 16);
  const both = [
    { name: t.ownLegend, colour: series[2]!, bars: own },
    { name: t.strangersLegend, colour: series[1]!, bars: strangers },
  ].filter((s) => s.bars.length > 0);
  return (
    <div ref={box}>
      <Flex gap={12} wrap style={{ marginBottom: 4 }}>
        {both.map((s) => (
          <Flex key={s.name} gap={6} align="center">
            <svg width={12} height={12} aria-hidden>
              <rect width={12} height={12} rx={2} fill={s.colour} fillOpacity={0.65} />
            </svg>
            <Typography.Text style={{ fontSize: 13 }}>{s.name}</Typography.Text>
          </Flex>
        ))}
      </Flex>
      <svg width={width} height={height} role="img" aria-label={t.distances} style={{ display: 'block', maxWidth: '100%' }}>
        <line x1={left} x2={width} y1={height - bottom} y2={height - bottom} stroke={token.colorBorder} />
        {[0, 0.5, 1].map((part) => (
          <text key={part} x={left - 6} y={y(most * part) + 4} fontSize={12} textAnchor="end" fill={token.colorTextSecondary}>
            {of100(most * part)}%
          </text>
        ))}
        {Array.from({ length: 6 }, (_, i) => (longest * i) / 5).map((d) => (
          <text key={d} x={x(d)} y={height - 8} fontSize={12} textAnchor="middle" fill={token.colorTextSecondary}>
            {d.toFixed(2)}
          </text>
        ))}
        {both.map((s) => (
          <g key={s.name} fill={s.colour} fillOpacity={0.55}>
            {s.bars.map((b) => (b.share > 0 ? <rect key={b.from} x={x(b.from)} y={y(b.share)} width={Math.max(1, x(b.to) - x(b.from) - 1)} height={height - bottom - y(b.share)} /> : null))}
          </g>
        ))}
        {[
          { at: known, words: t.known, colour: token.colorPrimary },
          { at: unsure, words: t.unsure, colour: token.colorWarning },
        ].map((line) => (
          <g key={line.words}>
            <line x1={x(line.at)} x2={x(line.at)} y1={4} y2={height - bottom} stroke={line.colour} strokeWidth={2} strokeDasharray="5 4" />
            <text x={x(line.at) + (line.at === known ? -5 : 5)} y={14} fontSize={12} textAnchor={line.at === known ? 'end' : 'start'} fill={token.colorText}>
              {line.words} {line.at.toFixed(3)}
            </text>
          </g>
        ))}
      </svg>
      <details>
        <summary>{t.asTable}</summary>
        <div style={{ overflowX: 'auto' }} tabIndex={0} role="region" aria-label={t.distances}>
          <table className="plain-table">
            <thead>
              <tr>
                <th scope="col">{t.distance}</th>
                {both.map((s) => (
                  <th key={s.name} scope="col">
                    {s.name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {both[0]?.bars.map((bar, i) => (
                <tr key={bar.from}>
                  <th scope="row">
                    {bar.from.toFixed(2)}–{bar.to.toFixed(2)}
                  </th>
                  {both.map((s) => (
                    <td key={s.name}>{of100(s.bars[i]?.share ?? 0)}%</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </div>
  );
}
