import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useEffect, useState } from 'react';

import { api } from '../api/client';
import { useTexts } from '../language';

/** Finds somebody in the registry by name, pinyin, initials or room. */
export function PersonSelect(props: { id?: string; value?: string; onChange?: (id: string) => void }) {
  const t = useTexts().investigation;
  const [text, setText] = useState('');
  const query = useLate(text.trim(), 250);
  const found = useQuery({
    queryKey: ['PersonService', 'listPeople', { query, limit: 30 }],
    queryFn: () => api.people.listPeople({ query, limit: 30 }),
    enabled: query !== '',
    placeholderData: (before) => before,
  });
  return (
    <Select
      {...props}
      showSearch={{ filterOption: false, onSearch: setText }}
      placeholder={t.personHint}
      loading={found.isFetching}
      notFoundContent={query && !found.isFetching ? t.nobodyFound : t.personHint}
      options={(found.data?.people ?? []).map((p) => ({ value: p.id, label: `${p.name}　${p.dwelling}` }))}
    />
  );
}

/** The value as it was when it last stayed the same for a while. */
function useLate(value: string, milliseconds: number): string {
  const [late, setLate] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLate(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return late;
}
