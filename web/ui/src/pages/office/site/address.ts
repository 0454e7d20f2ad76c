import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

/** A value of the page that is kept in its address. The one that it has by itself is left out. */
export function useAddress(name: string, usual = ''): [string, (value: string) => void] {
  const [params, setParams] = useSearchParams();
  const set = useCallback(
    (value: string) =>
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          if (value === usual) after.delete(name);
          else after.set(name, value);
          return after;
        },
        { replace: true },
      ),
    [name, setParams, usual],
  );
  return [params.get(name) ?? usual, set];
}
