// Times as people at the site read them, wherever the browser is.
import { timestampDate, type Timestamp } from '@bufbuild/protobuf/wkt';

import { useSession } from '../app/session';
import { useLanguage } from '../language';

/** Writes times in the site's zone and the page's language; nothing for none. */
export function useTimes() {
  const { zone } = useSession();
  const { language } = useLanguage();
  const write = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : 'zh-CN', { hourCycle: 'h23', timeZone: zone, ...options });
    return (time: Timestamp | undefined) => (time ? format.format(timestampDate(time)) : '');
  };
  return {
    minute: write({ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' }),
    second: write({ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' }),
  };
}
