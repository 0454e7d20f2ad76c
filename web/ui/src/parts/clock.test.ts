import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { describe, expect, test } from 'vitest';

import { en } from '../language/en';
import { zh } from '../language/zh';
import { longOf, spanOf } from './clock';

const minute = 60_000;

describe('lengths of time', () => {
  test.each([
    [45_000, '45 秒', '45 s'],
    [12 * minute, '12 分钟', '12 min'],
    [59.6 * minute, '1 小时', '1 h'],
    [120 * minute, '2 小时', '2 h'],
    [185 * minute, '3 小时 5 分', '3 h 5 min'],
  ])('are written in the language of the page: %d ms', (milliseconds, chinese, english) => {
    expect(spanOf(milliseconds, zh.investigation.spans)).toBe(chinese);
    expect(spanOf(milliseconds, en.investigation.spans)).toBe(english);
    expect(longOf(durationFromMs(milliseconds), zh.investigation.spans)).toBe(chinese);
  });
  test('of none are a dash', () => {
    expect([spanOf(0, zh.investigation.spans), spanOf(-5, zh.investigation.spans), longOf(undefined, en.investigation.spans)]).toEqual(['–', '–', '–']);
  });
});
