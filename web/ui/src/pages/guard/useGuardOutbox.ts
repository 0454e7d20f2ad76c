import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { App } from 'antd';

import { inLanguage, useLanguage, useTexts } from '../../language';
import { wordsOf } from '../../parts/Problem';
import { Outcome } from '../../api/menshen/v1/event_pb';
import { useOutbox } from './outbox';
import { useClock } from './useClock';
import { helpKey, refusedHelp } from './useHelp';

/** The outbox, with what is said when something kept is sent, refused, or too late. */
export function useGuardOutbox(online: boolean, onSent: () => void) {
  const texts = useTexts();
  const t = texts.guard;
  const { language } = useLanguage();
  const clock = useClock();
  const { message, notification } = App.useApp();
  return useOutbox(online, {
    onSent: (entry, sent) => {
      onSent();
      if (entry.kind === 'help') notification.warning({ key: helpKey(entry.gate), title: t.helpSentLate(entry.who, clock(timestampFromMs(entry.at))), duration: 0 });
      else if (entry.kind === 'answer' && entry.allow && sent.outcome !== Outcome.ALLOW) {
        notification.warning({ title: t.stillRefused(entry.who), description: (sent.reasons ?? []).map((reason) => inLanguage(reason, language)).join(language === 'en' ? '; ' : '；'), duration: 0 });
      } else void message.success({ content: t.sentOf(t.kinds[entry.kind], entry.who), key: 'menshen.guard.sent' });
    },
    onRefused: (entry, error) => {
      const why = wordsOf(error, texts.common.offline);
      if (entry.kind === 'help') notification.error(refusedHelp(t, entry.gate, entry.who, why));
      else notification.error({ title: t.refusedLater(t.kinds[entry.kind], entry.who), description: why, duration: 0 });
    },
    onLate: (entry) => notification.warning({ title: t.tooLate(entry.who), description: t.tooLateHint, duration: 0 }),
  });
}
