import { useEffect, useState } from 'react';
import { useParams } from 'react-router';

import { consoleApi } from '../../api/console';
import { Outcome } from '../../api/menshen/v1/event_pb';
import { textsOf } from '../../language';
import { useStream } from './useStream';

const shownFor = 5000; // ms
const looks = {
  [Outcome.ALLOW]: { background: '#17602f', word: 'welcome', sign: '✓' },
  [Outcome.DENY]: { background: '#8f1f18', word: 'stop', sign: '✕' },
  [Outcome.REVIEW]: { background: '#7a4b00', word: 'wait', sign: '…' },
} as const;

/** The screen for residents at a gate: welcome, wait or stop, and nothing about anybody. */
export default function Display() {
  const gate = useParams().gate ?? '';
  const [outcome, setOutcome] = useState<Outcome>(Outcome.UNSPECIFIED);
  const [turn, setTurn] = useState(0);
  const connection = useStream(gate, (signal) => consoleApi.watchDisplay({ gate }, { signal }), (message) => {
    if (message.outcome === Outcome.UNSPECIFIED) return;
    setOutcome(message.outcome);
    setTurn((n) => n + 1);
  });
  useEffect(() => {
    const timer = setTimeout(() => setOutcome(Outcome.UNSPECIFIED), shownFor);
    return () => clearTimeout(timer);
  }, [turn]);
  const look = outcome === Outcome.UNSPECIFIED ? undefined : looks[outcome];
  const word = connection.state === 'lost' ? 'connecting' : (look?.word ?? 'ready');
  return (
    <main
      role="status"
      style={{ minHeight: '100vh', display: 'flex', flexDirection: 'column', alignItems: 'center', justifyContent: 'center', textAlign: 'center', color: '#fff', background: look?.background ?? '#1d2a38', transition: 'background 400ms' }}
    >
      <div aria-hidden style={{ fontSize: '24vmin', lineHeight: 1.1 }}>{look?.sign ?? '◉'}</div>
      <div lang="zh-CN" style={{ fontSize: '16vmin', fontWeight: 700 }}>{textsOf('zh-CN').guard[word]}</div>
      <div lang="en" style={{ fontSize: '7vmin' }}>{textsOf('en').guard[word]}</div>
    </main>
  );
}
