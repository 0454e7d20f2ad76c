import { useQuery } from '@tanstack/react-query';
import { Empty, Flex, Progress, Statistic } from 'antd';

import { siteApi } from '../../api/core';
import { gatesApi } from '../../api/gate';
import { visitsApi } from '../../api/visit';
import { inLanguage, useLanguage, useTexts } from '../../language';
import { Problem } from '../../parts/Problem';

/** Who is inside, by number: the whole site first, then its zones. */
export function Inside() {
  const t = useTexts().guard;
  const { language } = useLanguage();
  const site = useQuery({ queryKey: ['site', 'getSite'], queryFn: () => siteApi.getSite({}), staleTime: 300_000 });
  const zones = useQuery({ queryKey: ['gates', 'getOccupancy'], queryFn: () => gatesApi.getOccupancy({}), refetchInterval: 10_000 });
  const visits = useQuery({ queryKey: ['visits', 'listVisits'], queryFn: () => visitsApi.listVisits({}), refetchInterval: 10_000 });
  const known = (site.data?.site?.zones ?? []);
  const nameOf = (id: string) => inLanguage(known.find((zone) => zone.id === id)?.name, language) || id;
  const counted = (zones.data?.zones ?? []).filter((zone) => zone.zone !== 'outside' && zone.people > 0).sort((a, b) => b.people - a.people);
  const whole = counted.find((zone) => known.find((one) => one.id === zone.zone)?.kind === 'compound') ?? counted[0];
  const visitors = visits.data?.visits.filter((view) => view.visit?.state === 'inside').length;
  return (
    <Flex vertical gap={12}>
      {zones.error && <Problem error={zones.error} onRetry={() => void zones.refetch()} />}
      <Flex gap={32}>
        <Statistic title={t.inside} value={whole?.people ?? 0} />
        <Statistic title={t.visitorsInside} value={visitors ?? 0} />
      </Flex>
      {zones.data && counted.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t.nobodyInside} />}
      {counted.filter((zone) => zone !== whole).slice(0, 20).map((zone) => (
        <div key={zone.zone}>
          <Flex justify="space-between">
            <span>{nameOf(zone.zone)}</span>
            <span>{t.people(zone.people)}{zone.capacity > 0 && ` / ${zone.capacity}`}</span>
          </Flex>
          {zone.capacity > 0 && <Progress percent={(zone.people / zone.capacity) * 100} showInfo={false} size="small" status={zone.people >= zone.capacity ? 'exception' : 'normal'} aria-label={nameOf(zone.zone)} />}
        </div>
      ))}
    </Flex>
  );
}
