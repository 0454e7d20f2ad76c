// What a guard enters while the server cannot be reached: kept on this device until it is sent, then erased.
import { Code, ConnectError } from '@connectrpc/connect';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { useCallback, useEffect, useRef, useState } from 'react';

import { api } from '../../api/client';

export type Entry =
  | { kind: 'temperature'; person: string; celsius: number; gate: string; at: number }
  | { kind: 'answer'; pass: string; allow: boolean; person: string }
  | { kind: 'visit'; name: string; phone: string; host: string; reason: string; from: string; plate: string; celsius: number; gate: string };

const place = 'menshen.guard.outbox';

function read(): Entry[] {
  try {
    return JSON.parse(localStorage.getItem(place) ?? '[]') as Entry[];
  } catch {
    return [];
  }
}

function write(entries: Entry[]) {
  if (entries.length === 0) localStorage.removeItem(place);
  else localStorage.setItem(place, JSON.stringify(entries));
}

/** Sends one entry. */
export async function send(entry: Entry) {
  switch (entry.kind) {
    case 'temperature':
      return { fever: (await api.health.recordTemperature({ person: entry.person, celsius: entry.celsius, source: 'guard', gate: entry.gate, at: timestampFromDate(new Date(entry.at)) })).fever };
    case 'answer':
      await api.guard.answer({ pass: entry.pass, allow: entry.allow, person: entry.person });
      return {};
    case 'visit': {
      const done = await api.visits.registerVisit({ name: entry.name, particulars: { phone: entry.phone }, host: entry.host, reason: entry.reason, fromWhere: entry.from, plate: entry.plate, celsius: entry.celsius, gate: entry.gate });
      return { visit: done.visit, link: done.link };
    }
  }
}

/** Whether the server was not reached, so that it is worth trying again. */
export function unreached(error: unknown): boolean {
  if (!(error instanceof ConnectError)) return error instanceof TypeError;
  return error.code === Code.Unavailable || error.code === Code.DeadlineExceeded || (error.code === Code.Unknown && error.cause instanceof TypeError);
}

/** What the server has already, from a try whose answer was lost: a visit that is open, a review that was answered. */
function there(entry: Entry, error: unknown): boolean {
  if (!(error instanceof ConnectError)) return false;
  return (entry.kind === 'visit' && error.code === Code.AlreadyExists) || (entry.kind === 'answer' && error.code === Code.NotFound);
}

/** Sends what is entered, or keeps it until the server can be reached. */
export function useOutbox(online: boolean, onSent: () => void, onRefused: (error: unknown) => void) {
  const [waiting, setWaiting] = useState(() => read().length);
  const busy = useRef(false);
  const told = useRef({ onSent, onRefused });
  told.current = { onSent, onRefused };

  const flush = useCallback(async () => {
    if (busy.current) return;
    busy.current = true;
    try {
      let any = false;
      for (let entries = read(); entries.length > 0; entries = read()) {
        const first = entries[0]!;
        try {
          await send(first);
        } catch (error) {
          // Signed out: it stays until somebody signs in again.
          if (unreached(error) || (error instanceof ConnectError && error.code === Code.Unauthenticated)) return;
          if (!there(first, error)) told.current.onRefused(error);
        }
        any = true;
        write(read().slice(1));
        setWaiting(read().length);
      }
      if (any) told.current.onSent();
    } finally {
      busy.current = false;
    }
  }, []);

  useEffect(() => {
    if (!online) return;
    void flush();
    const timer = setInterval(() => void flush(), 10_000);
    return () => clearInterval(timer);
  }, [online, flush]);

  const submit = useCallback(async (entry: Entry) => {
    try {
      return await send(entry);
    } catch (error) {
      if (!unreached(error)) throw error;
      write([...read(), entry]);
      setWaiting(read().length);
      return undefined;
    }
  }, []);
  return { waiting, submit };
}
