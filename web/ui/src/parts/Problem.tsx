import { ConnectError } from '@connectrpc/connect';
import { Alert, Button } from 'antd';

import { useTexts } from '../language';

/** What went wrong and what to do, as the server says it in the language of the page. */
export function Problem({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const t = useTexts().common;
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      title={t.failed}
      description={wordsOf(error, t.offline)}
      action={onRetry && <Button onClick={onRetry}>{t.retry}</Button>}
      style={{ whiteSpace: 'pre-line' }}
    />
  );
}

/** Whether an error is that the server cannot be reached. */
export function unreachable(error: unknown): boolean {
  if (error instanceof ConnectError) return error.cause instanceof TypeError;
  return error instanceof TypeError && /fetch|network/i.test(error.message);
}

/** The words of an error; offline says that the server cannot be reached. */
export function wordsOf(error: unknown, offline: string): string {
  if (unreachable(error)) return offline;
  if (error instanceof ConnectError) return error.rawMessage;
  return error instanceof Error ? error.message : String(error);
}
