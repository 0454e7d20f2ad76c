import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import dayjs from 'dayjs';
import { describe, expect, test } from 'vitest';

import { clockOf } from '../../../parts/clock';
import { isToday, lastDay, lastDayOnPicker, observationDay, sinceDay, untilEndOf } from './days';

const clock = clockOf('Asia/Shanghai');
const at = (text: string) => timestampFromDate(new Date(text));
const now = (text: string) => new Date(text).getTime();

describe('the day of an observation', () => {
  const since = at('2020-03-01T15:00:00+08:00');
  const until = at('2020-03-15T15:00:00+08:00');
  test('is 1 on the day that it begins, also late that night', () => {
    expect(observationDay(clock, since, until, now('2020-03-01T15:00:00+08:00'))).toEqual({ day: 1, days: 14, over: false });
    expect(observationDay(clock, since, until, now('2020-03-01T23:59:59+08:00')).day).toBe(1);
  });
  test('begins at midnight of the site, wherever the browser is', () => {
    expect(observationDay(clock, since, until, now('2020-03-02T00:00:00+08:00')).day).toBe(2);
    expect(observationDay(clock, since, until, now('2020-03-01T16:30:00Z')).day).toBe(2);
  });
  test('is the last one until the end, and then it is over', () => {
    expect(observationDay(clock, since, until, now('2020-03-15T14:59:00+08:00'))).toEqual({ day: 14, days: 14, over: false });
    expect(observationDay(clock, since, until, now('2020-03-15T15:00:00+08:00')).over).toBe(true);
  });
  test('goes on without an end', () => {
    expect(observationDay(clock, since, undefined, now('2020-03-20T08:00:00+08:00'))).toEqual({ day: 20, over: false });
  });
  test('is right across the change of clocks', () => {
    const berlin = clockOf('Europe/Berlin');
    expect(observationDay(berlin, at('2020-03-27T23:30:00+01:00'), undefined, now('2020-03-30T00:30:00+02:00')).day).toBe(4);
  });
});

describe('validity', () => {
  test('includes the day that was chosen', () => {
    const end = untilEndOf(clock, dayjs('2020-03-12'))!;
    expect(clock.full(end)).toBe('2020-03-13 00:00');
    expect(lastDay(clock, end)).toBe('2020-03-12');
    expect(lastDayOnPicker(clock, end)?.format('YYYY-MM-DD')).toBe('2020-03-12');
  });
  test('tells the time where it ends within a day', () => {
    expect(lastDay(clock, at('2020-03-12T18:00:00+08:00'))).toBe('2020-03-12 18:00');
  });
  test('begins now where it begins today', () => {
    expect(sinceDay(clock, dayjs(clock.today()))).toBeUndefined();
    expect(clock.full(sinceDay(clock, dayjs('2020-03-12')))).toBe('2020-03-12 00:00');
  });
});

test('today is that of the site', () => {
  expect(isToday(clock, at('2020-03-01T16:30:00Z'), now('2020-03-02T10:00:00+08:00'))).toBe(true);
  expect(isToday(clock, at('2020-03-01T15:30:00Z'), now('2020-03-02T10:00:00+08:00'))).toBe(false);
});
