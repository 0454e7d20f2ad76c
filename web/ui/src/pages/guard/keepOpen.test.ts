import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { keepOpen, type Connection } from './keepOpen';

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('window', new EventTarget());
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('a long stream is renewed without a gap and without a word', async () => {
  const ended = new AbortController();
  const signals: AbortSignal[] = [];
  const taken: number[] = [];
  const said = new Set<string>();
  await keepOpen(
    {
      open: async function* (signal) {
        signals.push(signal);
        while (taken.length < 4500) yield taken.length;
        ended.abort();
      },
      take: (message) => taken.push(message),
      renewed: 2000,
    },
    (connection) => said.add(connection.state),
    ended.signal,
  );
  expect(taken).toEqual([...Array(4500).keys()]);
  expect(signals.length).toBe(3);
  expect(signals.every((signal) => signal.aborted)).toBe(true);
  expect([...said]).toEqual(['live']);
});

test('a stream that breaks or falls silent is lost, and opened again ever more slowly or as soon as the network is back', async () => {
  const ended = new AbortController();
  const said: Connection[] = [];
  let opened = 0;
  const done = keepOpen(
    {
      open: async function* (signal) {
        opened++;
        if (opened === 1) throw new Error('broken');
        yield opened;
        await new Promise((_, refuse) => signal.addEventListener('abort', () => refuse(new Error('silent'))));
      },
      take: () => {},
    },
    (connection) => said.push(connection),
    ended.signal,
  );
  await vi.advanceTimersByTimeAsync(0);
  expect(said.map((one) => one.state)).toEqual(['lost']);
  await vi.advanceTimersByTimeAsync(999);
  expect(opened).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(opened).toBe(2);
  await vi.advanceTimersByTimeAsync(39_999);
  expect(said.map((one) => one.state)).toEqual(['lost', 'live']);
  await vi.advanceTimersByTimeAsync(1);
  expect(said.map((one) => one.state)).toEqual(['lost', 'live', 'lost']);
  window.dispatchEvent(new Event('online'));
  await vi.advanceTimersByTimeAsync(0);
  expect(opened).toBe(3);
  ended.abort();
  await vi.advanceTimersByTimeAsync(0);
  await done;
});
