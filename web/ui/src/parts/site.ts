import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';

import { siteApi } from '../api/core';
import type { Gate, Zone } from '../api/menshen/v1/api_pb';
import { useSession } from '../app/session';
import { inLanguage, useLanguage } from '../language';
import { clockOf } from './clock';
import { isOuter } from './plan/outer';

/** The zones and gates of the site with their names in the language of the page, and the clock there, which the session has at once. */
export function useSite() {
  const { zone } = useSession();
  const { language } = useLanguage();
  const { data, error, refetch } = useQuery({ queryKey: ['SiteService', 'getSite', {}], queryFn: () => siteApi.getSite({}), staleTime: 10 * 60_000 });
  return useMemo(() => {
    const zones: Zone[] = data?.site?.zones ?? [];
    const gates: Gate[] = data?.site?.gates ?? [];
    const zoneNames = new Map(zones.map((z) => [z.id, inLanguage(z.name, language) || z.id]));
    const gateNames = new Map(gates.map((g) => [g.id, inLanguage(g.name, language) || g.id]));
    return {
      ready: data !== undefined,
      error,
      refetch,
      zones,
      gates,
      outer: gates.filter(isOuter).map((g) => g.id),
      zone: (id: string) => zoneNames.get(id) ?? id,
      gate: (id: string) => gateNames.get(id) ?? id,
      clock: clockOf(zone),
    };
  }, [zone, data, error, refetch, language]);
}

export type SiteNames = ReturnType<typeof useSite>;
