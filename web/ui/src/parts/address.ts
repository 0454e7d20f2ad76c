import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

/** A value that is kept in the address, so that a link leads to what one sees. Empty values are left out of it. */
export function useAddress(name: string, without = ''): [string, (value: string) => void] {
  const [params, setParams] = useSearchParams();
  const set = useCallback(
    (value: string) =>
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          if (value && value !== without) after.set(name, value);
          else after.delete(name);
          return after;
        },
        { replace: true },
      ),
    [name, setParams, without],
  );
  return [params.get(name) ?? without, set];
}
