import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useState } from 'react';

import { peopleApi } from '../api/core';
import { registryApi } from '../api/registry';
import { useTexts } from '../language';
import { useLate } from './useLate';

interface Props {
  id?: string;
  value?: string;
  onChange?: (id: string | undefined) => void;
  /** Words for the one who is chosen already. */
  known?: string;
  label?: string;
  autoFocus?: boolean;
}

/** Finds somebody who is active by name, pinyin, initials, telephone or room. */
export function PersonSelect({ known, label, ...props }: Props) {
  const t = useTexts().enrol;
  const [text, setText] = useState('');
  const [seen, setSeen] = useState<{ value: string; label: string }>();
  const query = useLate(text.trim());
  const found = useQuery({
    queryKey: ['people', 'listPeople', query, 'select'],
    queryFn: () => peopleApi.listPeople({ query, limit: 20 }),
    enabled: query !== '',
    placeholderData: keepPreviousData,
  });
  const options = (query ? (found.data?.people ?? []) : [])
    .filter((view) => view.state !== 'inactive')
    .map((view) => ({ value: view.id, label: `${view.name}　${view.dwelling}` }));
  const words = known ?? (seen?.value === props.value ? seen?.label : undefined);
  const chosen = useQuery({
    queryKey: ['registry', 'getPerson', props.value],
    queryFn: () => registryApi.getPerson({ person: props.value! }),
    enabled: !!props.value && !words,
  });
  const person = chosen.data?.record?.person;
  const shown = words ?? (person && `${person.name}　${person.dwelling}`);
  if (props.value && shown && !options.some((option) => option.value === props.value)) options.unshift({ value: props.value, label: shown });
  return (
    <Select
      {...props}
      aria-label={label}
      allowClear
      showSearch={{ filterOption: false, onSearch: setText }}
      placeholder={t.choosePerson}
      loading={found.isFetching}
      notFoundContent={query && !found.isFetching ? t.noPersonFound : t.choosePerson}
      options={options}
      onSelect={(id: string) => setSeen(options.find((option) => option.value === id))}
      style={{ width: '100%' }}
    />
  );
}
