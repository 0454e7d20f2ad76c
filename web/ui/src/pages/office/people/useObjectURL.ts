import { useEffect, useState } from 'react';

/** An address for bytes or a blob, for as long as it is shown. */
export function useObjectURL(data: Uint8Array | Blob | undefined): string | undefined {
  const [url, setURL] = useState<string>();
  useEffect(() => {
    if (!data) return setURL(undefined);
    const made = URL.createObjectURL(data instanceof Blob ? data : new Blob([data as Uint8Array<ArrayBuffer>]));
    setURL(made);
    return () => URL.revokeObjectURL(made);
  }, [data]);
  return url;
}
