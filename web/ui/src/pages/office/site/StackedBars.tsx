import { Empty, Flex, theme, Typography } from 'antd';
import { useState, type KeyboardEvent } from 'react';

import { useTexts } from '../../../language';
import { ticks } from './scale';
import { useWidth } from '../../../parts/useWidth';

export interface Series {
  key: string;
  name: string;
  colour: string;
}
export interface Bar {
  label: string;
  /** In words, where the label is short. */
  name: string;
  values: number[]; // one for each series
  note?: string;
}

const height = 240;
const left = 44;
const bottom = 24;

/** Bars with parts, by hour or by day: to look at, to go through by keyboard, and as a table. */
export function StackedBars({ title, of, series, bars }: { title: string; of: string; series: Series[]; bars: Bar[] }) {
  const t = useTexts().sitePlan;
  const { token } = theme.useToken();
  const [box, width] = useWidth(720);
  const [chosen, setChosen] = useState<number>();
  const sums = bars.map((bar) => bar.values.reduce((a, b) => a + b, 0));
  const { top, steps } = ticks(Math.max(0, ...sums));
  if (sums.every((sum) => sum === 0)) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t.noPasses} />;

  const room = (width - left) / bars.length;
  const y = (value: number) => height - bottom - (value / top) * (height - bottom - 12);
  const apart = Math.max(1, Math.ceil(bars.length / Math.max(1, (width - left) / 44)));
  const words = (i: number) => {
    const bar = bars[i]!;
    const parts = series.flatMap((s, k) => (bar.values[k] ? [`${s.name} ${bar.values[k]}`] : [])).join(' · ');
    return t.atBar(bar.name, sums[i]!, parts) + (bar.note ? ` ${bar.note}` : '');
  };
  const key = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = event.key === 'Home' ? 0 : event.key === 'End' ? bars.length - 1 : step && (chosen ?? (step > 0 ? -1 : bars.length)) + step;
    if (next === undefined) return;
    event.preventDefault();
    setChosen(Math.min(bars.length - 1, Math.max(0, next)));
  };
  return (
    <div ref={box}>
      <Flex gap={12} wrap style={{ marginBottom: 4 }}>
        {series.map((s) => (
          <Flex key={s.key} gap={6} align="center">
            <svg width={12} height={12} aria-hidden>
              <rect width={12} height={12} rx={2} fill={s.colour} />
            </svg>
            <Typography.Text style={{ fontSize: 13 }}>{s.name}</Typography.Text>
          </Flex>
        ))}
      </Flex>
      <div role="group" tabIndex={0} aria-label={`${title}. ${t.chartHint}`} onKeyDown={key} onMouseLeave={() => setChosen(undefined)}>
        <svg width={width} height={height} role="img" aria-label={title} style={{ display: 'block', maxWidth: '100%' }}>
          {steps.map((step) => (
            <g key={step}>
              <line x1={left} x2={width} y1={y(step)} y2={y(step)} stroke={token.colorBorderSecondary} />
              <text x={left - 8} y={y(step) + 4} fontSize={12} textAnchor="end" fill={token.colorTextSecondary}>
                {step}
              </text>
            </g>
          ))}
          {bars.map((bar, i) => {
            const x = left + i * room;
            let from = 0;
            return (
              <g key={bar.label} onMouseEnter={() => setChosen(i)} onClick={() => setChosen(i)}>
                <rect x={x} y={0} width={room} height={height - bottom} fill={i === chosen ? token.colorFillSecondary : 'transparent'} />
                {bar.values.map((value, k) => {
                  if (!value) return null;
                  const at = from;
                  from += value;
                  return <rect key={series[k]!.key} x={x + room * 0.14} y={y(from)} width={room * 0.72} height={y(at) - y(from)} fill={series[k]!.colour} />;
                })}
                {i % apart === 0 && (
                  <text x={x + room / 2} y={height - 6} fontSize={12} textAnchor="middle" fill={token.colorTextSecondary}>
                    {bar.label}
                  </text>
                )}
                <title>{words(i)}</title>
              </g>
            );
          })}
        </svg>
      </div>
      <Typography.Paragraph aria-live="polite" style={{ minHeight: 44, margin: '4px 0' }}>
        {chosen !== undefined && bars[chosen] ? words(chosen) : <Typography.Text type="secondary">{t.chartHint}</Typography.Text>}
      </Typography.Paragraph>
      <details>
        <summary>{t.asTable}</summary>
        <div style={{ overflowX: 'auto' }} tabIndex={0} role="region" aria-label={title}>
          <table className="plain-table">
            <caption>{title}</caption>
            <thead>
              <tr>
                <th scope="col">{of}</th>
                {series.map((s) => (
                  <th key={s.key} scope="col">
                    {s.name}
                  </th>
                ))}
                <th scope="col">{t.total}</th>
              </tr>
            </thead>
            <tbody>
              {bars.map((bar, i) => (
                <tr key={bar.label}>
                  <th scope="row">{bar.name}</th>
                  {bar.values.map((value, k) => (
                    <td key={series[k]!.key}>{value}</td>
                  ))}
                  <td>{sums[i]}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </div>
  );
}
