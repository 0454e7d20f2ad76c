import { useQuery } from '@tanstack/react-query';
import { Button, Empty, Skeleton, theme } from 'antd';
import { useState } from 'react';

import { gatesApi } from '../../../api/gate';
import { useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';
import { useSite } from '../../../parts/site';

const few = 10;

/** How many people are in each zone, by number alone. */
export function Occupancy() {
  const t = useTexts().sitePlan;
  const site = useSite();
  const { token } = theme.useToken();
  const [all, setAll] = useState(false);
  const found = useQuery({ queryKey: ['gates', 'getOccupancy'], queryFn: () => gatesApi.getOccupancy({}), refetchInterval: 30_000 });
  if (found.error) return <Problem error={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton active />;
  const zones = found.data.zones.filter((z) => z.people > 0).toSorted((a, b) => b.people - a.people);
  if (zones.length === 0) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t.nobodyInside} />;
  const most = Math.max(...zones.map((z) => Math.max(z.people, z.capacity)));
  return (
    <>
      <table className="plain-table" style={{ width: '100%', fontSize: 14 }}>
        <thead>
          <tr>
            <th scope="col">{t.zone}</th>
            <th scope="col" style={{ textAlign: 'end' }}>
              {t.inside}
            </th>
          </tr>
        </thead>
        <tbody>
          {zones.slice(0, all ? undefined : few).map((z) => (
            <tr key={z.zone}>
              <th scope="row" style={{ whiteSpace: 'normal', width: '100%', fontWeight: 400 }}>
                {site.zone(z.zone)}
                <svg width="100%" height={6} aria-hidden style={{ display: 'block', marginTop: 4 }}>
                  <rect width={`${(100 * z.people) / most}%`} height={6} fill={z.capacity > 0 && z.people >= z.capacity ? token.colorError : token.colorInfo} />
                  {z.capacity > 0 && <rect x={`${(100 * z.capacity) / most}%`} width={2} height={6} fill={token.colorText} />}
                </svg>
              </th>
              <td>
                {z.people}
                {z.capacity > 0 && ` (${t.ofCapacity(z.capacity)})`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {zones.length > few && !all && (
        <Button type="link" className="no-print" onClick={() => setAll(true)}>
          {t.moreZones(zones.length - few)}
        </Button>
      )}
    </>
  );
}
