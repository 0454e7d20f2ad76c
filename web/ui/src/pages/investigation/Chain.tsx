import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Card, Empty, Flex, Input, Segmented, Skeleton, Table, Typography } from 'antd';
import { lazy, Suspense, useMemo } from 'react';

import { casesApi } from '../../api/case';
import type { CaseReached, TraceCaseResponse } from '../../api/menshen/v1/case_pb';
import { inLanguage, useLanguage, useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { useAddress } from '../../parts/address';
import type { ChainPerson } from './chainLayout';
import { millis } from '../../parts/clock';
import { Path } from './ContactDrawer';
import { useSite } from '../../parts/site';
import { Level, Who } from './tags';

const ChainGraph = lazy(() => import('./ChainGraph').then((m) => ({ default: m.ChainGraph })));

/** Whom the case may have infected, or who may have infected it: as a graph over time, and as a table. */
export default function Chain({ id }: { id: string }) {
  const t = useTexts().investigation;
  const { language } = useLanguage();
  const { clock } = useSite();
  const [direction, setDirection] = useAddress('direction', 'forward');
  const [chosen, setChosen] = useAddress('person');
  const [text, setText] = useAddress('find');
  const backward = direction === 'backward';
  const traced = useQuery({ queryKey: ['CaseService', 'traceCase', { case: id, backward }], queryFn: () => casesApi.traceCase({ case: id, backward }) });
  const people = useMemo(() => (traced.data ? chainOf(traced.data, backward) : []), [traced.data, backward]);
  const reached = useMemo(() => traced.data?.people ?? [], [traced.data]);
  const found = useMemo(() => {
    const words = text.trim().toLowerCase();
    if (!words) return undefined;
    return new Set(reached.filter((p) => `${p.person?.name} ${p.person?.dwelling}`.toLowerCase().includes(words)).map((p) => p.person?.id ?? ''));
  }, [reached, text]);
  const words = useMemo(
    () => ({ label: t.chainLabel, closer: t.closer, further: t.further, whole: t.whole, generation: (n: number) => (n === 0 ? t.indexPerson : t.generationOf(n)), day: (at: number) => clock.write(at, 'MM-DD HH:mm') }),
    [t, clock],
  );
  const one = reached.find((p) => p.person?.id === chosen);
  const shown = found ? reached.filter((p) => found.has(p.person?.id ?? '')) : reached;
  return (
    <Flex vertical gap={12}>
      <Flex gap={8} wrap>
        <Segmented value={direction} onChange={setDirection} options={[{ value: 'forward', label: t.forward }, { value: 'backward', label: t.backward }]} aria-label={t.direction} />
        <Input.Search allowClear value={text} onChange={(e) => setText(e.target.value)} placeholder={t.findInChain} aria-label={t.findInChain} style={{ width: 240 }} />
      </Flex>
      {traced.error && <Problem error={traced.error} onRetry={() => void traced.refetch()} />}
      {traced.data?.missingBefore && <Alert type="warning" showIcon title={t.missingBefore(clock.full(traced.data.missingBefore))} />}
      {traced.isPending && <Skeleton active />}
      {traced.data && reached.length === 0 && <Empty description={t.noChain} />}
      {reached.length > 0 && (
        <>
          <Typography.Text type="secondary">{t.chainHint}</Typography.Text>
          <Suspense fallback={<Skeleton.Node active style={{ width: '100%', height: 520 }} />}>
            <ChainGraph people={people} chosen={chosen} onChoose={setChosen} found={found} words={words} />
          </Suspense>
          <div aria-live="polite">
            {one && (
              <Card size="small" title={<><Who of={one.person} /> <Level level={one.level} risk={one.risk} /> {t.generationOf(one.generation)}</>}>
                <Typography.Paragraph>{inLanguage(one.words, language)}</Typography.Paragraph>
                <Path hops={one.path} />
              </Card>
            )}
          </div>
          <Table<CaseReached>
            virtual
            size="small"
            rowKey={(p) => p.person?.id ?? ''}
            dataSource={shown}
            pagination={false}
            scroll={{ x: 900, y: 400 }}
            columns={[
              { title: t.name, key: 'name', width: 200, render: (_, p) => <Button type="link" style={{ paddingInline: 0 }} onClick={() => setChosen(p.person?.id ?? '')}><Who of={p.person} /></Button> },
              { title: t.generation, key: 'generation', width: 90, render: (_, p) => t.generationOf(p.generation) },
              { title: t.level, key: 'level', width: 170, render: (_, p) => <Level level={p.level} risk={p.risk} /> },
              { title: t.exposed, key: 'exposed', width: 130, render: (_, p) => clock.minute(p.exposed) },
              { title: t.path, key: 'words', ellipsis: true, width: 380, render: (_, p) => inLanguage(p.words, language) },
            ]}
          />
        </>
      )}
    </Flex>
  );
}

/** The people of an answer as the graph takes them. The index person stands where the others begin; backward, where they end. */
function chainOf(answer: TraceCaseResponse, backward: boolean): ChainPerson[] {
  const all = new Map<string, ChainPerson>();
  const of = answer.case?.person;
  if (of) all.set(of.id, { id: of.id, name: of.name, generation: 0, at: 0, from: '' });
  for (const p of answer.people) {
    const person = p.person;
    if (!person) continue;
    const hop = backward ? p.path[0] : p.path.at(-1);
    const next = backward ? hop?.to?.id : hop?.from?.id;
    all.set(person.id, { id: person.id, name: person.name, generation: p.generation, at: millis(p.exposed) || millis(hop?.exposed), from: next ?? p.index });
  }
  const times = [...all.values()].map((p) => p.at).filter((at) => at > 0);
  const edge = times.reduce((best, at) => (backward ? Math.max(best, at) : Math.min(best, at)), times[0] ?? 0);
  for (const p of all.values()) if (p.at === 0) p.at = edge;
  return [...all.values()];
}
