import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Card, Empty, Flex, Progress, Tag, Typography } from 'antd';
import { timestampMs } from '@bufbuild/protobuf/wkt';
import { useEffect, useState } from 'react';

import { api } from '../../api/client';
import type { Review } from '../../api/menshen/v1/gate_pb';
import { inLanguage, useLanguage, useTexts } from '../../language';
import { wordsOf } from '../../parts/Problem';
import { Face } from './Face';
import type { Entry } from './outbox';

type Submit = (entry: Entry) => Promise<unknown>;

/** Who waits for the guard's answer. */
export function Reviews({ gates, submit, onVisitor }: { gates: string[]; submit: Submit; onVisitor: (review: Review) => void }) {
  const t = useTexts().guard;
  const list = useQuery({ queryKey: ['guard', 'listReviews'], queryFn: () => api.guard.listReviews({}), refetchInterval: 2000 });
  const shown = (list.data?.reviews ?? []).filter((review) => gates.length === 0 || gates.includes(review.pass?.pass?.gate ?? ''));
  return (
    <Card size="small" title={`${t.reviews} ${shown.length || ''}`}>
      {shown.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t.noReviews} />}
      {shown.map((review) => (
        <OneReview key={String(review.pass?.pass?.gate) + review.pass?.pass?.sequence} review={review} submit={submit} onVisitor={() => onVisitor(review)} />
      ))}
    </Card>
  );
}

function OneReview({ review, submit, onVisitor }: { review: Review; submit: Submit; onVisitor: () => void }) {
  const texts = useTexts();
  const t = texts.guard;
  const { language } = useLanguage();
  const { message } = App.useApp();
  const client = useQueryClient();
  const view = review.pass!;
  const pass = view.pass!;
  const id = `${pass.gate}:${pass.sequence}`;
  const candidates = useQuery({ queryKey: ['console', 'listCandidates', id], queryFn: () => api.console.listCandidates({ pass: id }), retry: false });
  const until = review.until ? timestampMs(review.until) : 0;
  const [whole] = useState(() => Math.max(until - Date.now(), 1));
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  const left = Math.max(until - now, 0);
  const [busy, setBusy] = useState(false);
  const answer = async (allow: boolean, person: string) => {
    setBusy(true);
    try {
      await submit({ kind: 'answer', pass: id, allow, person });
      void message.success(t.answered);
      await client.invalidateQueries({ queryKey: ['guard', 'listReviews'] });
    } catch (error) {
      void message.error(wordsOf(error, texts.common.offline));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Flex vertical gap={8} style={{ marginBottom: 16 }} data-review={id}>
      <Progress percent={(left / whole) * 100} showInfo={false} status={left < 10_000 ? 'exception' : 'normal'} aria-label={t.secondsLeft(Math.ceil(left / 1000))} />
      <Typography.Text type="secondary">
        {t.secondsLeft(Math.ceil(left / 1000))} · {t.byDefault(review.defaultOutcome === 'allow' ? t.allow : t.refuse)}
      </Typography.Text>
      <Flex gap={12} align="start">
        <Face pass={pass} size={112} />
        <Flex vertical gap={8} style={{ flex: 1 }}>
          <Typography.Text strong>{view.reasons.map((reason) => inLanguage(reason, language)).join(language === 'en' ? '; ' : '；')}</Typography.Text>
          {candidates.data?.people.map((person) => (
            <Button key={person.person} size="large" block disabled={busy} onClick={() => void answer(true, person.person)}>
              {t.allowAs(person.name)} <Typography.Text type="secondary">{person.dwelling}</Typography.Text>
              {person.health && <Tag color="error">{t.states[person.health] ?? person.health}</Tag>}
            </Button>
          ))}
          <Button size="large" block disabled={busy} onClick={onVisitor}>
            {t.allowVisitor}
          </Button>
          <Button size="large" block danger disabled={busy} onClick={() => void answer(false, '')}>
            {t.refuse}
          </Button>
        </Flex>
      </Flex>
    </Flex>
  );
}
