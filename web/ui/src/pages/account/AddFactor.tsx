import { Tabs } from 'antd';

import { useTexts } from '../../language';
import { AddCodeFactor } from './AddCodeFactor';
import { AddKeyFactor } from './AddKeyFactor';

/** Adds a second factor: an authenticator or a key. */
export default function AddFactor({ onAdded }: { onAdded: () => void }) {
  const t = useTexts().account;
  return (
    <Tabs
      destroyOnHidden
      items={[
        { key: 'code', label: t.addCode, children: <AddCodeFactor onAdded={onAdded} /> },
        { key: 'key', label: t.addKey, children: <AddKeyFactor onAdded={onAdded} /> },
      ]}
    />
  );
}
