import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';

import { siteApi } from '../../api/core';
import type { Zone } from '../../api/menshen/v1/api_pb';
import { inLanguage, useLanguage } from '../../language';
import { clockOf, type Clock } from './clock';

export interface SiteNames {
  zones: Zone[];
  zone: (id: string) => string;
  gate: (id: string) => string;
  clock: Clock;
}

/** Names of zones and gates in the language of the page, and the clock there. */
export function useSite(): SiteNames {
  const { language } = useLanguage();
  const { data } = useQuery({ queryKey: ['SiteService', 'getSite', {}], queryFn: () => siteApi.getSite({}), staleTime: 10 * 60_000 });
  const site = data?.site;
  return useMemo(() => {
    const zones = new Map((site?.zones ?? []).map((z) => [z.id, inLanguage(z.name, language) || z.id]));
    const gates = new Map((site?.gates ?? []).map((g) => [g.id, inLanguage(g.name, language) || g.id]));
    return {
      zones: site?.zones ?? [],
      zone: (id: string) => zones.get(id) ?? id,
      gate: (id: string) => gates.get(id) ?? id,
      clock: clockOf(site?.timeZone || 'Asia/Shanghai'),
    };
  }, [site, language]);
}
