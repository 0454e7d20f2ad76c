import { describe, expect, test } from 'vitest';

import { harmless, parseTable, textOf, toCSV } from './table';

describe('a table of the clipboard', () => {
  test('has its cells between tabs, and no blank rows', () => {
    expect(parseTable('姓名\t住址\r\n王芳\t3-2-14-1402\r\n\t\r\n李强\t\r\n')).toEqual([['姓名', '住址'], ['王芳', '3-2-14-1402'], ['李强', '']]);
  });
  test('may have lines, tabs and quotation marks within a cell', () => {
    expect(parseTable('a\tb\n"one\ntwo"\t"say ""hi"""\n')).toEqual([['a', 'b'], ['one two', 'say "hi"']]);
  });
  test('may have a lone quotation mark, which swallows nothing', () => {
    expect(parseTable('a\tb\n"王芳\t1\n李强\t2')).toEqual([['a', 'b'], ['"王芳', '1'], ['李强', '2']]);
  });
  test('is known by its separator, and by line ends of any kind', () => {
    expect(parseTable('a;b\r1;2')).toEqual([['a', 'b'], ['1', '2']]);
    expect(parseTable('a,b\n"1,5",2')).toEqual([['a', 'b'], ['1,5', '2']]);
  });
  test('of five thousand rows is read at once', () => {
    const rows = Array.from({ length: 5000 }, (_, i) => [`人${i}`, `1-1-1-${i}`]);
    expect(parseTable(rows.map((row) => row.join('\t')).join('\n'))).toHaveLength(5000);
  });
});

describe('CSV', () => {
  test('gives back what was put in, each row in one line', () => {
    const rows = [['姓名', '备注'], ['王芳', 'a,b "c"'], ['李强', ' x']];
    expect(parseTable(toCSV(rows))).toEqual([['姓名', '备注'], ['王芳', 'a,b "c"'], ['李强', 'x']]);
    expect(toCSV(rows).trimEnd().split('\r\n')).toHaveLength(3);
  });
  test('has no formulas, but telephone numbers', () => {
    expect(harmless([['=1+1', '+8613800138000', '-', '@x']])).toEqual([["'=1+1", '+8613800138000', '-', "'@x"]]);
  });
});

test('text is read in the encodings of spreadsheet programs', () => {
  expect(textOf(new TextEncoder().encode('\uFEFF姓名'))).toBe('姓名');
  expect(textOf(new Uint8Array([0xd0, 0xd5, 0xc3, 0xfb]))).toBe('姓名');
  expect(textOf(new Uint8Array([0xff, 0xfe, 0xd3, 0x59]))).toBe('姓');
});
