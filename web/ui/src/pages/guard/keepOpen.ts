export type Connection = { state: 'connecting' } | { state: 'live' } | { state: 'lost'; retryAt: number };

const silence = 40_000; // ms without a sign of life
const renewed = 2000; // messages: Connect keeps some bytes of each for as long as a stream is open

/** Keeps a stream open until ended: opens it again, ever more slowly, when it ends or falls silent. say is told how it stands. */
export async function keepOpen<T>(open: (signal: AbortSignal) => AsyncIterable<T>, take: (message: T) => void, say: (connection: Connection) => void, ended: AbortSignal): Promise<void> {
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
      const timer = setTimeout(done, pause);
      window.addEventListener('online', () => (clearTimeout(timer), done(undefined)), { once: true, signal: ended });
    });
  }
}
