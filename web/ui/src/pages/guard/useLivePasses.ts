import { timestampMs } from '@bufbuild/protobuf/wkt';
import { useEffect, useRef, useState } from 'react';

import { consoleApi } from '../../api/console';
import type { ConsolePass } from '../../api/menshen/v1/console_pb';
import { useStream } from './useStream';

const most = 60; // passes kept in the page
const together = 60; // ms: what comes within it is shown at once
const fresh = 15_000; // ms after the decision: older passes make no sound

/** When a pass was decided, in ms by the server's clock. Several gates are sent one after the other. */
export function decided(pass: ConsolePass): number {
  const time = pass.view?.pass?.decided;
  return time ? timestampMs(time) : 0;
}

/** The name of a pass: gate:sequence. */
export function nameOf(pass: ConsolePass): string {
  const p = pass.view?.pass;
  return p ? `${p.gate}:${p.sequence}` : '';
}

/** The latest passes of gates, newest first, without a gap over lost connections. ahead: the server's clock against this one, ms. */
export function useLivePasses(gates: string[], onNew: (pass: ConsolePass) => void) {
  const key = gates.join(' ');
  const [passes, setPasses] = useState<ConsolePass[]>([]);
  const [missed, setMissed] = useState(0);
  const [fever, setFever] = useState<number>();
  const after = useRef<Record<string, bigint>>({});
  const ahead = useRef(0);
  const arrived = useRef<ConsolePass[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    after.current = {};
    arrived.current = [];
    setPasses([]);
    setMissed(0);
    return () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [key]);
  const show = () => {
    timer.current = undefined;
    const taken = arrived.current;
    arrived.current = [];
    setPasses((now) => {
      const known = new Set(now.map(nameOf));
      return [...taken.filter((pass) => !known.has(nameOf(pass))), ...now].sort((a, b) => decided(b) - decided(a)).slice(0, most);
    });
  };
  const connection = useStream(
    key,
    (signal) => consoleApi.watchConsole({ gates, after: after.current, latest: gates.length === 1 ? 40 : 10 }, { signal }),
    (message) => {
      if (message.now) {
        ahead.current = timestampMs(message.now) - Date.now();
        setFever(message.fever);
      }
      const pass = message.pass;
      const id = pass?.view?.pass;
      if (!pass || !id) return;
      if (message.missed > 0n) setMissed((n) => n + Number(message.missed));
      const last = after.current[id.gate] ?? 0n;
      if (id.sequence > last) after.current = { ...after.current, [id.gate]: id.sequence };
      arrived.current = [pass, ...arrived.current].slice(0, 2000);
      timer.current ??= setTimeout(show, together);
      if (Date.now() + ahead.current - decided(pass) < fresh) onNew(pass);
    },
    2000,
  );
  return { passes, missed, connection, fever, ahead };
}
