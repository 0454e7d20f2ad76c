import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';

import { siteApi } from '../../../api/core';
import { inLanguage, useLanguage } from '../../../language';

/** The gates of the site to choose from, in the language of the page. */
export function useGates() {
  const { language } = useLanguage();
  const { data } = useQuery({ queryKey: ['SiteService', 'getSite', {}], queryFn: () => siteApi.getSite({}), staleTime: 10 * 60_000 });
  return useMemo(() => {
    const options = (data?.site?.gates ?? []).map((gate) => ({ value: gate.id, label: inLanguage(gate.name, language) || gate.id }));
    const names = new Map(options.map((option) => [option.value, option.label]));
    return { options, name: (id: string) => names.get(id) ?? id };
  }, [data, language]);
}
