import { useQuery, keepPreviousData } from '@tanstack/react-query';
import { Card, Flex, Segmented, Select, Skeleton, Typography } from 'antd';
import { useMemo } from 'react';

import { statisticsApi } from '../../../api/statistics';
import type { GateCount, GetStatisticsResponse } from '../../../api/menshen/v1/statistics_pb';
import { useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';
import { useTimes } from '../../../parts/time';
import { useAddress } from '../../../parts/address';
import { Figures } from './Figures';
import { Occupancy } from './Occupancy';
import { Reasons } from './Reasons';
import { rest, series as colours } from './scale';
import './site.css';
import { StackedBars, type Bar, type Series } from './StackedBars';
import { useSite } from '../../../parts/site';

const spans = [1, 7, 30];

/** What goes on at the site, in numbers. */
export default function Dashboard() {
  const t = useTexts().sitePlan;
  const site = useSite();
  const times = useTimes();
  const [span, setSpan] = useAddress('days', '1');
  const [shown, setShown] = useAddress('gates', 'outer');
  const days = spans.includes(Number(span)) ? Number(span) : 1;
  const found = useQuery({
    queryKey: ['statistics', 'getStatistics', days],
    queryFn: () => statisticsApi.getStatistics({ days }),
    refetchInterval: 60_000,
    placeholderData: keepPreviousData,
  });
  const gates = useMemo(() => {
    if (shown === 'outer') return site.outer.length > 0 ? site.outer : site.gates.map((g) => g.id);
    if (shown === 'all') return site.gates.map((g) => g.id);
    return shown.split(',').filter(Boolean);
  }, [shown, site]);

  const problem = found.error ?? site.error;
  const data = found.data;
  return (
    <Flex vertical gap={16}>
      <Flex justify="space-between" align="center" wrap gap={12}>
        <div>
          <Typography.Title level={1} style={{ fontSize: 24, margin: 0 }}>
            {t.dashboard}
          </Typography.Title>
          <Typography.Text type="secondary">{data && t.updated(times.minute(data.to))}</Typography.Text>
        </div>
        <Segmented value={days} onChange={(value) => setSpan(String(value))} options={spans.map((value) => ({ value, label: t.spans[value] }))} aria-label={t.span} />
      </Flex>
      {problem && <Problem error={problem} onRetry={() => void Promise.all([found.refetch(), site.refetch()])} />}
      {!data && !problem && <Skeleton active />}
      {data && (
        <>
          <Figures of={data} gates={site.outer} />
          <Card
            title={t.gatesShown}
            extra={
              <Select
                mode="multiple"
                aria-label={t.gatesShown}
                style={{ minWidth: 220, maxWidth: '60vw' }}
                maxTagCount="responsive"
                value={shown === 'outer' || shown === 'all' ? [shown] : gates}
                onChange={(chosen: string[]) => {
                  const last = chosen.at(-1);
                  if (last === 'outer' || last === 'all' || last === undefined) setShown(last ?? 'outer');
                  else setShown(chosen.filter((id) => id !== 'outer' && id !== 'all').join(','));
                }}
                options={[{ value: 'outer', label: t.outerGates }, { value: 'all', label: t.allGates }, ...site.gates.map((g) => ({ value: g.id, label: site.gate(g.id) }))]}
                optionFilterProp="label"
                className="no-print"
              />
            }
          >
            <Charts of={data} gates={gates} days={data.days.length} name={site.gate} />
          </Card>
          <Flex gap={16} wrap align="stretch">
            <Card title={t.reasons} style={{ flex: '1 1 420px' }}>
              <Reasons of={data.reasons} />
            </Card>
            <Card title={t.occupancy} style={{ flex: '1 1 320px' }}>
              <Occupancy />
            </Card>
          </Flex>
        </>
      )}
    </Flex>
  );
}

/** Everybody who crossed: let in, and let out. */
const crossed = (c: GateCount) => c.in + c.out;

function Charts({ of, gates, days, name }: { of: GetStatisticsResponse; gates: string[]; days: number; name: (gate: string) => string }) {
  const t = useTexts().sitePlan;
  // The gates with most passes have colours of their own.
  const totals = new Map<string, number>();
  for (const day of of.days) for (const c of day.gates) totals.set(c.gate, (totals.get(c.gate) ?? 0) + crossed(c));
  const ranked = gates.toSorted((a, b) => (totals.get(b) ?? 0) - (totals.get(a) ?? 0));
  const own = ranked.length > colours.length ? ranked.slice(0, colours.length - 1) : ranked;
  const others = new Set(ranked.slice(own.length));
  const series: Series[] = gates.filter((id) => own.includes(id)).map((id, i) => ({ key: id, name: name(id), colour: colours[i]! }));
  if (others.size > 0) series.push({ key: '', name: t.otherGates, colour: rest });
  const values = (counts: GateCount[]) =>
    series.map((s) => counts.filter((c) => (s.key ? c.gate === s.key : others.has(c.gate))).reduce((sum, c) => sum + crossed(c), 0));
  const hours: Bar[] = of.hours.map((h) => ({
    label: String(h.hour),
    name: t.hourRange(h.hour),
    values: values(h.gates),
    note: days === 1 ? (h.times === 0 ? t.noSuchHour : h.times > 1 ? t.hourTwice : undefined) : undefined,
  }));
  const byDay: Bar[] = of.days.map((d) => ({ label: d.day.slice(5), name: d.day, values: values(d.gates) }));
  const heading = days === 1 ? t.byHour : t.byHourOfDays(days);
  return (
    <Flex vertical gap={16}>
      {days > 1 && (
        <figure style={{ margin: 0 }}>
          <Typography.Title level={2} style={{ fontSize: 16, marginTop: 0 }}>
            {t.byDay}
          </Typography.Title>
          <StackedBars title={t.byDay} of={t.day} series={series} bars={byDay} />
        </figure>
      )}
      <figure style={{ margin: 0 }}>
        <Typography.Title level={2} style={{ fontSize: 16, marginTop: 0 }}>
          {heading}
        </Typography.Title>
        <StackedBars title={heading} of={t.hour} series={series} bars={hours} />
      </figure>
    </Flex>
  );
}
