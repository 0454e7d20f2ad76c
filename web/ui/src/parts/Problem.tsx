import { ConnectError } from '@connectrpc/connect';
import { Alert, Button } from 'antd';

import { answerLanguage } from '../api/transport';
import { ErrorChineseSchema, ErrorDetailSchema } from '../api/menshen/v1/api_pb';
import { useLanguage, useTexts, type Language } from '../language';

/** What went wrong and what to do, as the server says it in the language of the page. */
export function Problem({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const t = useTexts().common;
  const { language } = useLanguage();
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      title={t.failed}
      description={wordsOf(error, t.offline, language)}
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
export function wordsOf(error: unknown, offline: string, language: Language = answerLanguage()): string {
  if (unreachable(error)) return offline;
  if (error instanceof ConnectError) return wordsOfServer(error, language);
  return error instanceof Error ? error.message : String(error);
}

/** What the server says, and under it what to do. */
function wordsOfServer(error: ConnectError, language: Language): string {
  const chinese = language === 'en' ? undefined : error.findDetails(ErrorChineseSchema)[0];
  const hint = chinese?.hint || error.findDetails(ErrorDetailSchema)[0]?.hint;
  return [chinese?.message || error.rawMessage, hint].filter(Boolean).join('\n');
}
