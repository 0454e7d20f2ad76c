import { describe, expect, test } from 'vitest';

import { en } from './en';
import { zh } from './zh';

/** The texts of a language by their keys; functions as what they give for made-up parameters. */
function flat(texts: object, prefix = ''): Map<string, unknown> {
  const all = new Map<string, unknown>();
  for (const [key, value] of Object.entries(texts)) {
    const name = prefix ? `${prefix}.${key}` : key;
    if (typeof value === 'object' && value !== null) for (const [inner, text] of flat(value, name)) all.set(inner, text);
    else all.set(name, value);
  }
  return all;
}

/** A text as it stands in the source: what a function says whatever its parameters are is there too. */
const words = (text: unknown) => (typeof text === 'function' ? text.toString() : String(text));

const chinese = flat(zh);
const english = flat(en);

describe('texts', () => {
  test('are there in both languages', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
    expect(chinese.size).toBeGreaterThan(30);
  });
  test('are of one kind in both languages', () => {
    expect([...chinese].filter(([key, text]) => typeof text !== typeof english.get(key)).map(([key]) => key)).toEqual([]);
  });
  test('are never empty', () => {
    expect([...chinese, ...english].filter(([, text]) => words(text).trim() === '').map(([key]) => key)).toEqual([]);
  });
  test('have no Chinese in English', () => {
    expect([...english].filter(([, text]) => /\p{Script=Han}|[，。：；！？“”（）]/u.test(words(text))).map(([key]) => key)).toEqual([]);
  });
});
