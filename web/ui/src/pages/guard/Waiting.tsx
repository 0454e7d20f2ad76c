import { Alert } from 'antd';

import { useTexts } from '../../language';

/** Says how much is kept on this device until the server can be reached. */
export function Waiting({ count }: { count: number }) {
  const t = useTexts().guard;
  return <div role="status">{count > 0 && <Alert type="warning" showIcon title={t.queued(count)} />}</div>;
}
