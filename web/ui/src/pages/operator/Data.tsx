import { useTexts } from '../../language';
import { Backups } from './Backups';
import { Parts } from './Parts';
import { Retention } from './Retention';
import { Storage } from './Storage';

/** What Menshen keeps: backups, disk, and how long. */
export default function Data() {
  const t = useTexts().operation;
  return (
    <Parts
      title={t.data}
      parts={[
        { key: 'backups', label: t.backups, children: <Backups /> },
        { key: 'storage', label: t.storage, children: <Storage /> },
        { key: 'retention', label: t.retention, children: <Retention /> },
      ]}
    />
  );
}
