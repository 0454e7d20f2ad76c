import { timestampMs } from '@bufbuild/protobuf/wkt';
import { useEffect, useRef, useState } from 'react';

import { api } from '../../api/client';
import type { ConsolePass } from '../../api/menshen/v1/console_pb';
import { useStream } from './useStream';

const most = 200; // passes kept in the page

/** When a pass was decided, in ms. Several gates are sent one after the other. */
function decided(pass: ConsolePass): number {
  const time = pass.view?.pass?.decided;
  return time ? timestampMs(time) : 0;
}

/** The latest passes of gates, newest first, without a gap over lost connections. */
export function useLivePasses(gates: string[], onNew: (pass: ConsolePass) => void) {
  const key = gates.join(' ');
  const [passes, setPasses] = useState<ConsolePass[]>([]);
  const [missed, setMissed] = useState(0);
  const after = useRef<Record<string, bigint>>({});
  const began = useRef(false);
  useEffect(() => {
    after.current = {};
    began.current = false;
    setPasses([]);
    setMissed(0);
  }, [key]);
  const connection = useStream(
    key,
    (signal) => api.console.watchConsole({ gates, after: after.current, latest: 30 }, { signal }),
    (message) => {
      const pass = message.pass;
      const id = pass?.view?.pass;
      if (!pass || !id) {
        began.current = true;
        return;
      }
      if (message.missed > 0n) setMissed((n) => n + Number(message.missed));
      const last = after.current[id.gate] ?? 0n;
      if (id.sequence > last) after.current = { ...after.current, [id.gate]: id.sequence };
      setPasses((now) => (now.some((p) => p.view?.pass?.gate === id.gate && p.view.pass.sequence === id.sequence) ? now : [pass, ...now].sort((a, b) => decided(b) - decided(a)).slice(0, most)));
      if (Date.now() - decided(pass) < 15_000) onNew(pass);
    },
  );
  return { passes, missed, connection };
}
