import { useEffect, useRef, useState } from 'react';

export type Connection = { state: 'connecting' } | { state: 'live' } | { state: 'lost'; retryAt: number };

const silence = 40_000; // ms without a sign of life

/** Keeps a stream open: opens it again, ever more slowly, when it ends or falls silent. */
export function useStream<T>(key: string, open: (signal: AbortSignal) => AsyncIterable<T>, take: (message: T) => void): Connection {
  const [connection, setConnection] = useState<Connection>({ state: 'connecting' });
  const current = useRef({ open, take });
  current.current = { open, take };

  useEffect(() => {
    const ended = new AbortController();
    const run = async () => {
      for (let failures = 0; !ended.signal.aborted; failures++) {
        const attempt = new AbortController();
        const stop = () => attempt.abort();
        ended.signal.addEventListener('abort', stop);
        let watchdog = setTimeout(stop, silence);
        try {
          for await (const message of current.current.open(attempt.signal)) {
            clearTimeout(watchdog);
            watchdog = setTimeout(stop, silence);
            failures = 0;
            setConnection((now) => (now.state === 'live' ? now : { state: 'live' }));
            current.current.take(message);
          }
        } catch {
          // It is tried again, and the page says so.
        }
        clearTimeout(watchdog);
        ended.signal.removeEventListener('abort', stop);
        if (ended.signal.aborted) return;
        const pause = Math.min(1000 * 2 ** Math.min(failures, 4), 10_000);
        setConnection({ state: 'lost', retryAt: Date.now() + pause });
        await new Promise((done) => {
          const timer = setTimeout(done, pause);
          window.addEventListener('online', () => (clearTimeout(timer), done(undefined)), { once: true, signal: ended.signal });
        });
      }
    };
    setConnection({ state: 'connecting' });
    void run();
    return () => ended.abort();
  }, [key]);
  return connection;
}
