import { Empty, theme, Typography } from 'antd';
import { useMemo, useState, type KeyboardEvent } from 'react';

import type { Stay } from '../../api/menshen/v1/api_pb';
import { Direction, type Pass } from '../../api/menshen/v1/event_pb';
import { useTexts } from '../../language';
import { millis } from '../../parts/clock';
import { useSite } from '../../parts/site';
import { stayWords } from './stayWords';
import { useWidth } from '../../parts/useWidth';

const row = 30;
const head = 28;

/** Stays by zone over days. A bound that was seen is a full line, one that is inferred is broken and fades. */
export function Timeline({ stays, passes, from, to, at }: { stays: Stay[]; passes: Pass[]; from: number; to: number; at?: number }) {
  const t = useTexts().investigation;
  const site = useSite();
  const { token } = theme.useToken();
  const [box, width] = useWidth(900);
  const [chosen, setChosen] = useState<number>();
  const zones = useMemo(() => [...new Set(stays.map((s) => s.zone))], [stays]);
  const days = useMemo(() => {
    const all: number[] = [];
    for (let d = site.clock.midnight(from); d < to && all.length < 400; d = site.clock.midnight(d, 1)) all.push(d);
    return all;
  }, [from, to, site]);
  if (stays.length === 0) return <Empty description={t.noStays} />;

  const names = Math.min(180, width * 0.3);
  const x = (time: number) => names + ((Math.min(to, Math.max(from, time)) - from) / (to - from)) * (width - names - 8);
  const height = head + (zones.length + 1) * row;
  const end = (s: Stay) => (s.open ? to : millis(s.to));
  const here = (s: Stay) => at !== undefined && millis(s.from) <= at && at < end(s);
  const steps = Math.max(1, Math.ceil(days.length / Math.max(1, (width - names) / 64)));
  const key = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const to = event.key === 'Home' ? 0 : event.key === 'End' ? stays.length - 1 : step && (chosen ?? (step > 0 ? -1 : stays.length)) + step;
    if (to === undefined) return;
    event.preventDefault();
    setChosen(Math.min(stays.length - 1, Math.max(0, to)));
  };
  return (
    <div ref={box}>
      <div role="group" tabIndex={0} aria-label={t.timelineLabel} onKeyDown={key}>
        <svg width={width} height={height} role="img" aria-label={t.timelineLabel} style={{ display: 'block' }}>
          {days.map((d, i) => (
            <g key={d}>
              <line x1={x(d)} x2={x(d)} y1={head - 6} y2={height} stroke={token.colorBorderSecondary} />
              {i % steps === 0 && (
                <text x={x(d) + 4} y={16} fontSize={12} fill={token.colorTextSecondary}>
                  {site.clock.write(Math.max(d, from), 'MM-DD')}
                </text>
              )}
            </g>
          ))}
          <text x={0} y={head + 19} fontSize={13} fill={token.colorTextSecondary}>
            {t.waysInAndOut}
          </text>
          {passes.map((p) => {
            const px = x(millis(p.captured));
            const y = head + row / 2;
            const inward = p.direction === Direction.IN;
            return (
              <path key={`${p.gate}:${p.sequence}`} d={inward ? `M${px - 4} ${y - 6}h8l-4 10z` : `M${px - 4} ${y + 6}h8l-4 -10z`} fill={inward ? token.colorSuccess : token.colorWarning}>
                <title>{`${site.clock.minute(p.captured)} ${site.gate(p.gate)} ${inward ? t.in : t.out}`}</title>
              </path>
            );
          })}
          {zones.map((zone, i) => {
            const current = stays.some((s) => s.zone === zone && here(s));
            return (
              <g key={zone}>
                {i % 2 === 0 && <rect x={0} y={head + (i + 1) * row} width={width} height={row} fill={token.colorFillQuaternary} />}
                {current && <rect x={0} y={head + (i + 1) * row} width={width} height={row} fill={token.colorPrimaryBg} />}
                <text x={0} y={head + (i + 1) * row + 20} fontSize={13} fontWeight={current ? 700 : 400} fill={token.colorText}>
                  {short(site.zone(zone), names / 13)}
                  <title>{site.zone(zone)}</title>
                </text>
              </g>
            );
          })}
          {stays.map((s, i) => {
            const y = head + (zones.indexOf(s.zone) + 1) * row + 6;
            const left = x(millis(s.from));
            const right = Math.max(left + 2, x(end(s)));
            const colour = s.fromObserved && (s.toObserved || s.open) ? token.colorInfo : token.colorTextTertiary;
            return (
              <g key={`${s.zone} ${millis(s.from)} ${i}`} onMouseEnter={() => setChosen(i)} onClick={() => setChosen(i)}>
                <rect x={left} y={y} width={right - left} height={row - 12} fill={colour} fillOpacity={s.fromObserved && (s.toObserved || s.open) ? 0.75 : 0.3} stroke={i === chosen ? token.colorPrimary : 'none'} strokeWidth={2} />
                <line x1={left} x2={left} y1={y - 2} y2={y + row - 10} stroke={colour} strokeWidth={2} strokeDasharray={s.fromObserved ? undefined : '3 3'} />
                {!s.open && <line x1={right} x2={right} y1={y - 2} y2={y + row - 10} stroke={colour} strokeWidth={2} strokeDasharray={s.toObserved ? undefined : '3 3'} />}
              </g>
            );
          })}
          {at !== undefined && <line x1={x(at)} x2={x(at)} y1={head - 6} y2={height} stroke={token.colorPrimary} strokeWidth={2} />}
        </svg>
      </div>
      <Typography.Paragraph aria-live="polite" style={{ minHeight: 24, marginBlock: 8 }}>
        {chosen !== undefined && stays[chosen] ? stayWords(stays[chosen], site, t) : <Typography.Text type="secondary">{t.timelineHint}</Typography.Text>}
      </Typography.Paragraph>
    </div>
  );
}

function short(name: string, letters: number): string {
  const most = Math.floor(letters * ([...name].some((c) => c > '\u2000') ? 1 : 1.8));
  return name.length > most ? `${name.slice(0, Math.max(1, most - 1))}…` : name;
}
