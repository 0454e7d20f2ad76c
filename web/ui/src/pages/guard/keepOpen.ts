export type Connection = { state: 'connecting' } | { state: 'live' } | { state: 'lost'; retryAt: number };

const silence = 40_000; // ms without a sign of life

interface Stream<T> {
  open: (signal: AbortSignal) => AsyncIterable<T>;
  take: (message: T) => void;
  /** How many messages one opening is for: Connect keeps some bytes of each. Only where the next goes on from the last; none else. */
  renewed?: number;
}

/** Keeps a stream open until ended: opens it again, ever more slowly, when it ends or falls silent. say is told how it stands. */
export async function keepOpen<T>({ open, take, renewed }: Stream<T>, say: (connection: Connection) => void, ended: AbortSignal): Promise<void> {
  for (let failures = 0; !ended.aborted; failures++) {
    const attempt = new AbortController();
    const stop = () => attempt.abort();
    ended.addEventListener('abort', stop);
    let watchdog = setTimeout(stop, silence);
    let taken = 0;
    try {
      for await (const message of open(attempt.signal)) {
        clearTimeout(watchdog);
        watchdog = setTimeout(stop, silence);
        failures = 0;
        say({ state: 'live' });
        take(message);
        if (++taken === renewed) break;
      }
    } catch {
      // It is tried again, and the page says so.
    }
    clearTimeout(watchdog);
    ended.removeEventListener('abort', stop);
    stop();
    if (ended.aborted) return;
    if (taken === renewed) continue;
    const pause = Math.min(1000 * 2 ** Math.min(failures, 4), 10_000);
    say({ state: 'lost', retryAt: Date.now() + pause });
    await new Promise((done) => {
      const waited = new AbortController();
      const go = () => (clearTimeout(timer), waited.abort(), done(undefined));
      const timer = setTimeout(go, pause);
      window.addEventListener('online', go, { signal: AbortSignal.any([waited.signal, ended]) });
    });
  }
}
