// What a guard enters while the server cannot be reached: kept on this device until it is sent, then erased. Each entry has an
// id of its own, by which the server knows one that it has already: what was sent and not answered is sent again, and is there once.
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import { useCallback, useEffect, useRef, useState } from 'react';

import { guardApi } from '../../api/gate';
import { healthApi } from '../../api/health';
import { visitsApi } from '../../api/visit';
import type { Text } from '../../api/menshen/v1/api_pb';
import { Outcome } from '../../api/menshen/v1/event_pb';
import type { Visit } from '../../api/menshen/v1/visit_pb';
import { newID } from './id';

/** What is entered. who is for people to read, where something went wrong. */
export type Entry = { who: string } & (
  | { kind: 'temperature'; person: string; celsius: number; gate: string; at: number }
  | { kind: 'answer'; pass: string; allow: boolean; person: string; until: number } // opens a door, so not later than until
  | { kind: 'notThem'; pass: string }
  | { kind: 'visit'; name: string; phone: string; host: string; reason: string; from: string; plate: string; celsius: number; gate: string }
  | { kind: 'delivery'; gate: string; dwelling: string; item: string; carrier: string; phone: string }
  | { kind: 'handOver'; delivery: string; to: string }
  | { kind: 'help'; gate: string; at: number }
);

export type Kept = Entry & { id: string };

/** The gate that an entry is about. */
export function gateOf(entry: Entry): string | undefined {
  return 'gate' in entry ? entry.gate || undefined : 'pass' in entry ? entry.pass.slice(0, entry.pass.lastIndexOf(':')) : undefined;
}

/** What the server says. */
export interface Sent {
  fever?: boolean;
  visit?: Visit;
  link?: string;
  outcome?: Outcome;
  reasons?: Text[];
}

export type Submit = (entry: Entry) => Promise<Sent | undefined>;

const place = 'menshen.guard.outbox';
const patience = { timeoutMs: 10_000 };

function read(): Kept[] {
  try {
    return JSON.parse(localStorage.getItem(place) ?? '[]') as Kept[];
  } catch {
    return [];
  }
}

function write(entries: Kept[]) {
  if (entries.length === 0) localStorage.removeItem(place);
  else localStorage.setItem(place, JSON.stringify(entries));
}

async function send(entry: Kept): Promise<Sent> {
  const { id } = entry;
  switch (entry.kind) {
    case 'temperature': {
      const { fever } = await healthApi.recordTemperature({ id, person: entry.person, celsius: entry.celsius, source: 'guard', gate: entry.gate, at: timestampFromDate(new Date(entry.at)) }, patience);
      return { fever };
    }
    case 'answer': {
      const { outcome, reasons } = await guardApi.answer({ pass: entry.pass, allow: entry.allow, person: entry.person }, patience);
      return { outcome, reasons };
    }
    case 'notThem':
      await guardApi.annotate({ id, pass: entry.pass, kind: 'not_them' }, patience);
      return {};
    case 'visit': {
      const done = await visitsApi.registerVisit({ id, name: entry.name, particulars: { phone: entry.phone }, host: entry.host, reason: entry.reason, fromWhere: entry.from, plate: entry.plate, celsius: entry.celsius, gate: entry.gate }, patience);
      return { visit: done.visit, link: done.link };
    }
    case 'delivery':
      await visitsApi.takeDelivery({ id, gate: entry.gate, dwelling: entry.dwelling, item: entry.item, carrier: entry.carrier, phone: entry.phone }, patience);
      return {};
    case 'handOver':
      await visitsApi.handOver({ delivery: entry.delivery, to: entry.to }, patience);
      return {};
    case 'help':
      await guardApi.annotate({ id, kind: 'help', gate: entry.gate, at: timestampFromDate(new Date(entry.at)) }, patience);
      return {};
  }
}

/** Whether the server was not reached, or did not answer, so that it is to be tried again. */
export function unreached(error: unknown): boolean {
  if (!(error instanceof ConnectError)) return error instanceof TypeError;
  return error.code === Code.Unavailable || error.code === Code.DeadlineExceeded || (error.code === Code.Unknown && error.cause instanceof TypeError);
}

export interface Told {
  onSent: (entry: Kept, sent: Sent) => void;
  onRefused: (entry: Kept, error: unknown) => void;
  onLate: (entry: Kept) => void;
}

/** Sends what is entered, or keeps it until the server can be reached. */
export function useOutbox(online: boolean, tell: Told) {
  const [waiting, setWaiting] = useState(() => read().length);
  const busy = useRef(false);
  const told = useRef(tell);
  told.current = tell;

  const flush = useCallback(async () => {
    if (busy.current) return;
    busy.current = true;
    try {
      for (let entries = read(); entries.length > 0; entries = read()) {
        const first = entries[0]!;
        if (first.kind === 'answer' && Date.now() > first.until) told.current.onLate(first);
        else {
          try {
            told.current.onSent(first, await send(first));
          } catch (error) {
            // Signed out: it stays until somebody signs in again.
            if (unreached(error) || (error instanceof ConnectError && error.code === Code.Unauthenticated)) return;
            told.current.onRefused(first, error);
          }
        }
        write(read().filter((entry) => entry.id !== first.id));
        setWaiting(read().length);
      }
    } finally {
      busy.current = false;
    }
  }, []);

  useEffect(() => {
    if (!online) return;
    void flush();
    const timer = setInterval(() => void flush(), 5000);
    return () => clearInterval(timer);
  }, [online, flush]);

  const submit: Submit = useCallback(async (entry) => {
    const kept: Kept = { ...entry, id: newID() };
    try {
      return await send(kept);
    } catch (error) {
      if (!unreached(error) && !(error instanceof ConnectError && error.code === Code.Unauthenticated)) throw error; // whoever signs in again sends it then
      const before = read();
      const after = kept.kind === 'help' ? before.filter((one) => one.kind === 'help').length : before.length; // help waits for nothing else
      write([...before.slice(0, after), kept, ...before.slice(after)]);
      setWaiting(read().length);
      return undefined;
    }
  }, []);
  return { waiting, submit };
}
