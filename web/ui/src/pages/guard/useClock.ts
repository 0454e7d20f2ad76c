import { timestampDate, type Timestamp } from '@bufbuild/protobuf/wkt';
import { useMemo } from 'react';

import { useSession } from '../../app/session';

/** Writes the time of day at the site: what a guard looks at is of now. */
export function useClock() {
  const { zone } = useSession();
  return useMemo(() => {
    const format = new Intl.DateTimeFormat('en-GB', { hourCycle: 'h23', timeZone: zone, hour: '2-digit', minute: '2-digit', second: '2-digit' });
    return (time: Timestamp | undefined) => (time ? format.format(timestampDate(time)) : '');
  }, [zone]);
}
