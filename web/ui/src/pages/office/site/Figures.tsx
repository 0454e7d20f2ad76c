import { useQuery } from '@tanstack/react-query';
import { Card, Typography } from 'antd';
import type { ReactNode } from 'react';

import { gatesApi } from '../../../api/gate';
import type { GateCount, GetStatisticsResponse } from '../../../api/menshen/v1/statistics_pb';
import { useTexts } from '../../../language';
import { useSite } from '../../../parts/site';

/** The numbers that are looked at first. */
export function Figures({ of, gates }: { of: GetStatisticsResponse; gates: string[] }) {
  const t = useTexts().sitePlan;
  const { zones } = useSite();
  const inside = useQuery({ queryKey: ['gates', 'getOccupancy'], queryFn: () => gatesApi.getOccupancy({}), refetchInterval: 30_000 });
  const top = zones.filter((z) => z.kind !== 'outside' && !z.parent).map((z) => z.id);
  const people = inside.data?.zones.filter((z) => top.includes(z.zone)).reduce((sum, z) => sum + z.people, 0);
  const outer = of.days.flatMap((d) => d.gates).filter((c) => gates.length === 0 || gates.includes(c.gate));
  const all = of.days.flatMap((d) => d.gates);
  const sum = (counts: GateCount[], pick: (c: GateCount) => number) => counts.reduce((a, c) => a + pick(c), 0);
  const f = of.figures;
  const span = t.spans[of.days.length] ?? '';
  return (
    <div style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(150px, 1fr))', gap: 12 }}>
      <Figure name={t.insideNow} value={people === undefined ? '–' : t.people(people)} />
      <Figure name={t.cameIn} value={t.times(sum(outer, (c) => c.in))} hint={`${span} · ${t.outerGates}`} />
      <Figure name={t.wentOut} value={t.times(sum(outer, (c) => c.out))} hint={`${span} · ${t.outerGates}`} />
      <Figure name={t.refusedPasses} value={t.times(sum(all, (c) => c.refused))} hint={`${span} · ${t.allGates}`} />
      <Figure name={t.toGuard} value={t.times(sum(all, (c) => c.review))} hint={`${span} · ${t.allGates}`} />
      <Figure name={t.fevers} value={t.people(f?.fevers ?? 0)} hint={t.feverHint((f?.fever ?? 37.3).toFixed(1), f?.measured ?? 0)} alarm={(f?.fevers ?? 0) > 0} />
      <Figure name={t.observed} value={t.people(f?.observed ?? 0)} hint={t.observedHint(f?.isolated ?? 0, f?.monitored ?? 0)} />
      <Figure name={t.enrolled} value={t.people(f?.enrolled ?? 0)} hint={t.enrolledHint(f?.people ?? 0)} />
      <Figure name={t.permitted} value={t.people(f?.permitted ?? 0)} hint={t.permittedHint} />
    </div>
  );
}

function Figure({ name, value, hint, alarm }: { name: string; value: string; hint?: ReactNode; alarm?: boolean }) {
  return (
    <Card size="small">
      <Typography.Text>{name}</Typography.Text>
      <div className="figure-value">
        <Typography.Text type={alarm ? 'danger' : undefined} style={{ fontSize: 'inherit' }}>
          {value}
        </Typography.Text>
      </div>
      <Typography.Text type="secondary" style={{ fontSize: 13 }}>
        {hint ?? '\u00a0'}
      </Typography.Text>
    </Card>
  );
}
