import { useEffect, useState } from 'react';

/** The time in ms, anew twice a second while it is needed. */
export function useEverySecond(needed = true): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!needed) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [needed]);
  return now;
}
