import { Alert } from 'antd';

import { useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { cancelled, keysWork } from './keys';

/** What went wrong with a key. */
export function KeyProblem({ error }: { error: unknown }) {
  const t = useTexts().account;
  if (!keysWork()) return <Alert type="info" showIcon title={t.keyUnsupported} />;
  if (!error) return null;
  return cancelled(error) ? <Alert type="warning" showIcon role="alert" title={t.keyCancelled} /> : <Problem error={error} />;
}
