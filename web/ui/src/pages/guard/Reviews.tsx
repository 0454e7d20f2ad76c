import { timestampMs } from '@bufbuild/protobuf/wkt';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Card, Flex, Progress, Typography } from 'antd';
import { useEffect, useRef, useState } from 'react';

import { consoleApi } from '../../api/console';
import { guardApi } from '../../api/gate';
import type { PossiblePerson } from '../../api/menshen/v1/console_pb';
import type { Review } from '../../api/menshen/v1/gate_pb';
import { inLanguage, useLanguage, useTexts } from '../../language';
import { wordsOf } from '../../parts/Problem';
import { Face, usePicture } from './Face';
import type { Submit } from './outbox';
import { Permit } from './Permit';
import { Reasons } from './Reasons';
import { useEverySecond } from './useEverySecond';

/** Who waits for the guard's answer, the longest first. ahead: the server's clock against this one, in ms. */
export function Reviews({ gates, names, ahead, submit, onVisitor }: { gates: string[]; names: Record<string, string>; ahead: () => number; submit: Submit; onVisitor: (review: Review) => void }) {
  const t = useTexts().guard;
  const list = useQuery({ queryKey: ['guard', 'listReviews'], queryFn: () => guardApi.listReviews({}), refetchInterval: 2000 });
  const [answered, setAnswered] = useState<string[]>([]);
  const all = list.data?.reviews ?? [];
  const now = useEverySecond(all.length > 0) + ahead();
  const shown = all.filter((review) => {
    const pass = review.pass?.pass;
    return pass && (gates.length === 0 || gates.includes(pass.gate)) && !answered.includes(`${pass.gate}:${pass.sequence}`) && (!review.until || timestampMs(review.until) > now);
  });
  return (
    <Card size="small" title={<span role="status">{shown.length > 0 ? t.reviewsOf(shown.length) : t.reviews}</span>} className={shown.length > 0 ? 'guard-urgent' : undefined}>
      {shown.length === 0 && <Typography.Text type="secondary">{t.noReviews}</Typography.Text>}
      {shown.map((review, n) => {
        const pass = review.pass!.pass!;
        const id = `${pass.gate}:${pass.sequence}`;
        return (
          <OneReview key={id} id={id} first={n === 0} review={review} gateName={names[pass.gate] ?? pass.gate} now={now} ahead={ahead} submit={submit} onVisitor={() => onVisitor(review)} onAnswered={() => setAnswered((before) => [...before.slice(-50), id])} />
        );
      })}
    </Card>
  );
}

interface One {
  id: string;
  first: boolean;
  review: Review;
  gateName: string;
  now: number;
  ahead: () => number;
  submit: Submit;
  onVisitor: () => void;
  onAnswered: () => void;
}

function OneReview({ id, first, review, gateName, now, ahead, submit, onVisitor, onAnswered }: One) {
  const texts = useTexts();
  const t = texts.guard;
  const { language } = useLanguage();
  const { message, notification } = App.useApp();
  const client = useQueryClient();
  const view = review.pass!;
  const pass = view.pass!;
  const candidates = useQuery({ queryKey: ['console', 'listCandidates', id], queryFn: () => consoleApi.listCandidates({ pass: id }), retry: false, staleTime: Infinity, gcTime: 60_000 });
  const until = review.until ? timestampMs(review.until) : 0;
  const [whole] = useState(() => Math.max(until - now, 1));
  const left = Math.max(until - now, 0);
  const [busy, setBusy] = useState(false);
  const people = candidates.data?.people ?? [];
  const answer = async (allow: boolean, person: string, name: string) => {
    setBusy(true);
    try {
      const done = await submit({ kind: 'answer', who: name, pass: id, allow, person, until: until - ahead() });
      onAnswered();
      const reasons = (done?.reasons ?? []).map((reason) => inLanguage(reason, language)).join(language === 'en' ? '; ' : '；');
      if (done && allow && done.outcome !== 1) notification.warning({ title: t.stillRefused(name), description: reasons, duration: 0 });
      else if (done) void message.success(allow ? t.letInDone(name) : t.refusedDone);
      await client.invalidateQueries({ queryKey: ['guard', 'listReviews'] });
    } catch (error) {
      void message.error(wordsOf(error, texts.common.offline));
      setBusy(false);
    }
  };
  // The one that waits longest is answered by keys: 1, 2, … for who it is, V for a visitor, X to refuse.
  const keys = useRef<(key: string) => void>(undefined);
  keys.current = (key) => {
    if (busy) return;
    const chosen = people[Number(key) - 1];
    if (chosen) void answer(true, chosen.person, chosen.name);
    else if (key === 'v') onVisitor();
    else if (key === 'x') void answer(false, '', t.unknown);
  };
  useEffect(() => {
    if (!first) return;
    const press = (event: KeyboardEvent) => {
      const at = event.target instanceof HTMLElement ? event.target : undefined;
      if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || at?.closest('input, textarea, [contenteditable], [role=dialog], [role=combobox]') || document.querySelector('[role=dialog]')) return;
      keys.current?.(event.key.toLowerCase());
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [first]);
  return (
    <Flex vertical gap={8} className="guard-review" data-review={id}>
      <Progress percent={(left / whole) * 100} showInfo={false} status={left < 10_000 ? 'exception' : 'normal'} aria-label={t.secondsLeft(Math.ceil(left / 1000))} />
      <Reasons reasons={view.reasons} size={20} />
      <Typography.Text type="secondary">
        {gateName} · {t.secondsLeft(Math.ceil(left / 1000))} · {t.byDefault(review.defaultOutcome === 'allow' ? t.allow : t.refuse)}
      </Typography.Text>
      <div className="guard-compare">
        <figure>
          <Face pass={pass} size={104} why />
          <figcaption>{t.now}</figcaption>
        </figure>
        <Flex vertical gap={8} style={{ flex: 1, minWidth: 0 }}>
          {candidates.error && <Alert type="warning" title={wordsOf(candidates.error, texts.common.offline)} />}
          {people.map((person, n) => (
            <Candidate key={person.person} person={person} shortcut={first ? String(n + 1) : ''} disabled={busy} onClick={() => void answer(true, person.person, person.name)} />
          ))}
          <div className="guard-both">
            <Button size="large" disabled={busy} onClick={onVisitor}>{t.allowVisitor}{first && <Key letter="V" />}</Button>
            <Button size="large" danger disabled={busy} onClick={() => void answer(false, '', t.unknown)}>{t.refuse}{first && <Key letter="X" />}</Button>
          </div>
        </Flex>
      </div>
    </Flex>
  );
}

/** Somebody who it may be, with the enrolled photograph where the site keeps them: one touch lets them in. */
function Candidate({ person, shortcut, disabled, onClick }: { person: PossiblePerson; shortcut: string; disabled: boolean; onClick: () => void }) {
  const t = useTexts().guard;
  const photograph = usePicture(person.photograph, person.photograph[0] === 0x89 ? 'image/png' : 'image/jpeg');
  return (
    <Button className="guard-candidate" block disabled={disabled} onClick={onClick}>
      {photograph ? <img src={photograph} alt={t.enrolled(person.name)} width={96} height={96} /> : <span className="guard-nophoto" aria-hidden>{person.name.slice(0, 1)}</span>}
      <span>
        <strong>{t.allowAs(person.name)}</strong>
        <span>{person.dwelling}</span>
        <Permit permit={person.permit} health={person.health} />
      </span>
      {shortcut && <Key letter={shortcut} />}
    </Button>
  );
}

function Key({ letter }: { letter: string }) {
  return <kbd className="guard-key" aria-hidden>{letter}</kbd>;
}
