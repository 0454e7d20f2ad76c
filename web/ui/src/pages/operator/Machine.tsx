import { useTexts } from '../../language';
import { Bus } from './Bus';
import { Models } from './Models';
import { Parts } from './Parts';

/** What Menshen works with: the networks and the message bus. */
export default function Machine() {
  const t = useTexts().operation;
  return (
    <Parts
      title={t.machine}
      parts={[
        { key: 'models', label: t.models, children: <Models /> },
        { key: 'bus', label: t.bus, children: <Bus /> },
      ]}
    />
  );
}
