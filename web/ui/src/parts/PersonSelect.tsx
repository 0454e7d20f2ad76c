import { useQuery } from '@tanstack/react-query';
import { Flex, Select } from 'antd';
import { useEffect, useState } from 'react';

import { api } from '../api/client';
import { useTexts } from '../language';
import { PhotographSearch } from './PhotographSearch';

interface Props {
  id?: string;
  value?: string;
  onChange?: (id: string) => void;
  /** Within which case; none while one is requested. */
  caseId?: string;
}

/** Finds somebody in the registry by name, pinyin, initials or room, or by a photograph. */
export function PersonSelect({ caseId, ...props }: Props) {
  const t = useTexts().investigation;
  const [text, setText] = useState('');
  const [seen, setSeen] = useState<{ id: string; name: string; dwelling: string }>();
  const query = useLate(text.trim(), 250);
  const found = useQuery({
    queryKey: ['PersonService', 'listPeople', { query, limit: 30 }],
    queryFn: () => api.people.listPeople({ query, limit: 30 }),
    enabled: query !== '',
    placeholderData: (before) => before,
  });
  const people = query ? (found.data?.people ?? []) : [];
  const shown = seen && !people.some((p) => p.id === seen.id) ? [...people, seen] : people;
  return (
    <Flex gap={8} wrap>
      <Select
        {...props}
        style={{ flex: '1 1 220px', minWidth: 0 }}
        showSearch={{ filterOption: false, onSearch: setText }}
        placeholder={t.personHint}
        loading={found.isFetching}
        notFoundContent={query && !found.isFetching ? t.nobodyFound : t.personHint}
        options={shown.map((p) => ({ value: p.id, label: `${p.name}　${p.dwelling}` }))}
        onSelect={(id: string) => setSeen(shown.find((p) => p.id === id))}
      />
      <PhotographSearch
        caseId={caseId}
        onChoose={(person) => {
          setSeen(person);
          props.onChange?.(person.id);
        }}
      />
    </Flex>
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
