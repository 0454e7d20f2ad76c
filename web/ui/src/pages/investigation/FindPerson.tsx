import { Flex } from 'antd';
import { useState } from 'react';

import { PersonSelect } from '../../parts/PersonSelect';
import { PhotographSearch } from './PhotographSearch';

interface Props {
  id?: string;
  value?: string;
  onChange?: (id: string | undefined) => void;
  /** Within which case; none while one is requested. */
  caseId?: string;
  /** What the case that is requested is for. */
  purpose?: string;
  onPurpose?: (purpose: string) => void;
}

/** Finds somebody in the registry by name, or by a photograph. */
export function FindPerson({ caseId, purpose, onPurpose, ...props }: Props) {
  const [seen, setSeen] = useState<{ id: string; name: string; dwelling: string }>();
  return (
    <Flex gap={8} wrap>
      <div style={{ flex: '1 1 220px', minWidth: 0 }}>
        <PersonSelect {...props} known={seen && seen.id === props.value ? `${seen.name}　${seen.dwelling}` : undefined} />
      </div>
      <PhotographSearch
        caseId={caseId}
        purpose={purpose}
        onPurpose={onPurpose}
        onChoose={(person) => {
          setSeen(person);
          props.onChange?.(person.id);
        }}
      />
    </Flex>
  );
}
