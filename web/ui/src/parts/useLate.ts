import { useEffect, useState } from 'react';

/** The value as it was when it last stayed the same for a while. */
export function useLate<T>(value: T, milliseconds = 250): T {
  const [late, setLate] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLate(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return late;
}
