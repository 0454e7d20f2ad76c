import { useQueryClient } from '@tanstack/react-query';
import { Alert } from 'antd';
import { useEffect, useState } from 'react';

import { useTexts } from '../language';
import { unreachable } from '../parts/Problem';

/** Says that the server cannot be reached, from the first call that fails for it to the first that succeeds. */
export function Offline() {
  const t = useTexts().common;
  const client = useQueryClient();
  const [off, setOff] = useState(false);

  useEffect(() => {
    const look = (event: { type: string; action?: { type: string; error?: unknown } }) => {
      if (event.type !== 'updated') return;
      const { type, error } = event.action ?? {};
      if (type === 'success') setOff(false);
      else if ((type === 'error' || type === 'failed') && unreachable(error)) setOff(true);
    };
    const queries = client.getQueryCache().subscribe(look);
    const changes = client.getMutationCache().subscribe(look);
    return () => {
      queries();
      changes();
    };
  }, [client]);
  // While it is away, the session is asked for again and again: its answer says that the server is back.
  useEffect(() => {
    if (!off) return;
    const timer = setInterval(() => void client.invalidateQueries({ predicate: (query) => query.queryKey[0] === 'session' || query.state.status === 'error' }), 3000);
    return () => clearInterval(timer);
  }, [client, off]);
  return <div aria-live="polite">{off && <Alert type="warning" banner title={t.offline} />}</div>;
}
