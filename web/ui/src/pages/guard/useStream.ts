import { useEffect, useRef, useState } from 'react';

import { keepOpen, type Connection } from './keepOpen';

/** Keeps a stream open for as long as the key is the same, and says how it stands. renewed is as in keepOpen. */
export function useStream<T>(key: string, open: (signal: AbortSignal) => AsyncIterable<T>, take: (message: T) => void, renewed?: number): Connection {
  const [connection, setConnection] = useState<Connection>({ state: 'connecting' });
  const current = useRef({ open, take });
  current.current = { open, take };

  useEffect(() => {
    const ended = new AbortController();
    setConnection({ state: 'connecting' });
    void keepOpen(
      { open: (signal) => current.current.open(signal), take: (message) => current.current.take(message), renewed },
      (next) => setConnection((now) => (now.state === 'live' && next.state === 'live' ? now : next)),
      ended.signal,
    );
    return () => ended.abort();
  }, [key, renewed]);
  return connection;
}
