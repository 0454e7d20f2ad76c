import { timestampMs } from '@bufbuild/protobuf/wkt';
import { theme } from 'antd';

import type { Temperature } from '../../../api/menshen/v1/health_pb';
import { useTexts } from '../../../language';

const width = 150;
const height = 40;
const margin = 4;

/** The course of somebody's temperature as a small line, with fever as a dashed one. Its words are for who does not see it. */
export function Sparkline({ name, temperatures, fever }: { name: string; temperatures: Temperature[]; fever: number }) {
  const t = useTexts().care;
  const { token } = theme.useToken();
  const points = temperatures
    .filter((one) => one.at)
    .map((one) => ({ at: timestampMs(one.at!), celsius: one.celsius }))
    .sort((a, b) => a.at - b.at);
  if (points.length === 0) return <span style={{ color: token.colorTextDescription }}>{t.noneMeasured}</span>;
  const from = points[0]!.at;
  const span = Math.max(points.at(-1)!.at - from, 1);
  const low = Math.min(36, ...points.map((p) => p.celsius));
  const high = Math.max(fever + 0.7, ...points.map((p) => p.celsius));
  const x = (at: number) => (points.length === 1 ? width / 2 : margin + ((at - from) / span) * (width - 2 * margin));
  const y = (celsius: number) => height - margin - ((celsius - low) / (high - low)) * (height - 2 * margin);
  const words = points.slice(-7).map((p) => p.celsius.toFixed(1)).join(' ');
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={t.chart(name, words, fever.toFixed(1))} style={{ display: 'block' }}>
      <line x1={0} x2={width} y1={y(fever)} y2={y(fever)} stroke={token.colorError} strokeDasharray="4 3" strokeWidth={1} opacity={0.8} />
      <polyline points={points.map((p) => `${x(p.at).toFixed(1)},${y(p.celsius).toFixed(1)}`).join(' ')} fill="none" stroke={token.colorInfo} strokeWidth={1.5} strokeLinejoin="round" />
      {points.map((p) => (
        <circle key={p.at} cx={x(p.at)} cy={y(p.celsius)} r={p.celsius >= fever ? 3.5 : 2} fill={p.celsius >= fever ? token.colorError : token.colorInfo} />
      ))}
    </svg>
  );
}
