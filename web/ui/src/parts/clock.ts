// Times at the site: every page shows them on the clocks there, wherever the browser is.
import { durationMs, timestampDate, timestampFromDate, type Duration, type Timestamp } from '@bufbuild/protobuf/wkt';
import dayjs, { type Dayjs } from 'dayjs';
import timezone from 'dayjs/plugin/timezone';
import utc from 'dayjs/plugin/utc';

dayjs.extend(utc);
dayjs.extend(timezone);

export interface Clock {
  /** 03-12 15:04 */
  minute: (t?: Timestamp) => string;
  /** 2020-03-12 15:04 */
  full: (t?: Timestamp) => string;
  /** 2020-03-12 */
  day: (t?: Timestamp) => string;
  /** Any format of dayjs, of milliseconds since 1970. */
  write: (milliseconds: number, format: string) => string;
  /** Today, as the API names days. */
  today: () => string;
  /** Midnight that begins the day of a time, days later, in milliseconds. */
  midnight: (milliseconds: number, days?: number) => number;
  /** What a picker of dates shows for a time. */
  toPicker: (t?: Timestamp) => Dayjs | undefined;
  /** The time that somebody chose on a picker. */
  fromPicker: (d?: Dayjs | null) => Timestamp | undefined;
}

const wall = 'YYYY-MM-DDTHH:mm:ss';

export function clockOf(zone: string): Clock {
  const at = (t: Timestamp) => dayjs(timestampDate(t)).tz(zone);
  const written = (format: string) => (t?: Timestamp) => (t ? at(t).format(format) : '–');
  return {
    minute: written('MM-DD HH:mm'),
    full: written('YYYY-MM-DD HH:mm'),
    day: written('YYYY-MM-DD'),
    write: (milliseconds, format) => dayjs(milliseconds).tz(zone).format(format),
    today: () => dayjs().tz(zone).format('YYYY-MM-DD'),
    midnight: (milliseconds, days = 0) => dayjs.tz(dayjs(milliseconds).tz(zone).add(days, 'day').format('YYYY-MM-DD'), zone).valueOf(),
    toPicker: (t) => (t ? dayjs(at(t).format(wall)) : undefined),
    fromPicker: (d) => (d ? timestampFromDate(dayjs.tz(d.format(wall), zone).toDate()) : undefined),
  };
}

/** Milliseconds since 1970. */
export function millis(t?: Timestamp): number {
  return t ? timestampDate(t).getTime() : 0;
}

/** How lengths of time are written in a language. */
export interface SpanWords {
  seconds: (seconds: number) => string;
  minutes: (minutes: number) => string;
  /** Of 0 minutes, hours alone. */
  hours: (hours: number, minutes: number) => string;
}

/** How long something took, in a few letters: 45 s, 12 min, 3 h 5 min; – for none. */
export function longOf(d: Duration | undefined, words: SpanWords): string {
  return spanOf(d ? durationMs(d) : 0, words);
}

export function spanOf(milliseconds: number, words: SpanWords): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds <= 0) return '–';
  if (seconds < 60) return words.seconds(seconds);
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? words.minutes(minutes) : words.hours(Math.floor(minutes / 60), minutes % 60);
}
