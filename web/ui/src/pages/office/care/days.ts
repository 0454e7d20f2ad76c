// Days of the site, as the office counts them: the last day of a permit is included, and an observation begins with day 1.
import { timestampMs, type Timestamp } from '@bufbuild/protobuf/wkt';
import dayjs, { type Dayjs } from 'dayjs';

import type { Clock } from '../../../parts/clock';

const dayLength = 24 * 60 * 60 * 1000;

/** The moment that the day which somebody chose on a picker begins, days later. */
export function dayBegins(clock: Clock, day: Dayjs, later = 0): Timestamp {
  return clock.fromPicker(day.startOf('day').add(later, 'day'))!;
}

/** The end of a validity that includes a day; nothing for none. */
export function untilEndOf(clock: Clock, day?: Dayjs | null): Timestamp | undefined {
  return day ? dayBegins(clock, day, 1) : undefined;
}

/** Since when: now for today, else since the day begins. */
export function sinceDay(clock: Clock, day?: Dayjs | null): Timestamp | undefined {
  return !day || day.format('YYYY-MM-DD') === clock.today() ? undefined : dayBegins(clock, day);
}

/** The last day that a validity includes, with the time where it ends within one: 2020-03-12, or 2020-03-12 18:00. */
export function lastDay(clock: Clock, end: Timestamp): string {
  const at = timestampMs(end);
  return at === clock.midnight(at) ? clock.write(at - 1, 'YYYY-MM-DD') : clock.full(end);
}

/** The same for a picker of days. */
export function lastDayOnPicker(clock: Clock, end?: Timestamp): Dayjs | undefined {
  return end && dayjs(clock.write(timestampMs(end) - 1, 'YYYY-MM-DD'));
}

export interface ObservationDay {
  /** 1 on the day that it begins. */
  day: number;
  /** How many there are; absent without an end. */
  days?: number;
  /** Its end has passed. */
  over: boolean;
}

/** Which day of a state it is. */
export function observationDay(clock: Clock, since: Timestamp | undefined, until: Timestamp | undefined, now: number): ObservationDay {
  const first = clock.midnight(since ? timestampMs(since) : now);
  const count = (at: number) => Math.round((clock.midnight(at) - first) / dayLength);
  const day = Math.max(count(now) + 1, 1);
  if (!until) return { day, over: false };
  // An observation that begins at 15:00 ends at 15:00 of its last day: that day is not one more.
  const days = Math.max(count(timestampMs(until)), 1);
  const over = timestampMs(until) <= now;
  return { day: Math.min(day, days), days, over };
}

/** Whether something happened today at the site. */
export function isToday(clock: Clock, at: Timestamp | undefined, now: number): boolean {
  return at !== undefined && clock.midnight(timestampMs(at)) === clock.midnight(now);
}
