import { create } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';

import { PersonViewSchema } from '../../../api/menshen/v1/api_pb';
import { isHours, weekdayBits, weekdaysOf } from './permitWords';
import { readCelsius } from '../../../parts/celsius';
import { ofBuilding, ofList } from './whom';

const people = [['a', '王芳', '3-2-14-1402'], ['b', '王小明', '3-2-14-1402'], ['c', '李强', '13-1-1-101'], ['d', '李强', '3-1-2-201'], ['e', 'John Smith', '3-1-2-202']].map(
  ([id, name, dwelling]) => create(PersonViewSchema, { id, name, dwelling }),
);
const ids = (found: { id: string }[]) => found.map((p) => p.id).join('');

describe('whom a list means', () => {
  test('a building is not another that ends like it', () => {
    expect(ids(ofBuilding(people, '3号楼'))).toBe('abde');
    expect(ids(ofBuilding(people, '３－１'))).toBe('de');
    expect(ids(ofBuilding(people, ' '))).toBe('');
  });
  test('names, rooms, or both, each once', () => {
    expect(ids(ofList(people, '王芳\n3-2-14-1402\n\nJohn Smith\n李强\t3-1-2-201').found)).toBe('abed');
    expect(ids(ofList(people, '李强 13-1-1-101').found)).toBe('c');
  });
  test('nobody and several are told', () => {
    expect(ofList(people, '李强\n赵六\n赵六 3-2-14-1402').unmatched).toEqual([{ line: '李强', why: 'many' }, { line: '赵六', why: 'nobody' }, { line: '赵六 3-2-14-1402', why: 'nobody' }]);
  });
});

test('hours and weekdays are read', () => {
  expect(['08:00-20:00', '22:00-06:00', '00:00-24:00'].every(isHours)).toBe(true);
  expect(['8:00-20:00', '08:00', '25:00-26:00', '8点'].some(isHours)).toBe(false);
  expect(weekdaysOf(weekdayBits([0, 1, 6]))).toEqual([1, 6, 0]);
});

test('temperatures are read as people type them', () => {
  expect(['36.5', '365', '36。5', '３６．５', '36,5 ℃'].map(readCelsius)).toEqual([36.5, 36.5, 36.5, 36.5, 36.5]);
  expect(readCelsius('abc')).toBeNaN();
  expect(readCelsius('')).toBeNaN();
});
