import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Empty, Flex, Skeleton, Table, Tabs, Tag } from 'antd';
import { useMemo, useState } from 'react';

import { tracingApi } from '../../api/core';
import type { Stay } from '../../api/menshen/v1/api_pb';
import type { GetCaseResponse } from '../../api/menshen/v1/case_pb';
import { Direction, type Pass } from '../../api/menshen/v1/event_pb';
import { useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { useAddress } from '../../parts/address';
import { millis, spanOf } from '../../parts/clock';
import { CorrectPass } from './CorrectPass';
import { Replay } from './Replay';
import { useSite } from '../../parts/site';
import { Who, word } from './tags';
import { Timeline } from './Timeline';

/** Where the index person was, or the contact that the address names: drawn, replayed and as tables. */
export default function Movements({ of }: { of: GetCaseResponse }) {
  const t = useTexts().investigation;
  const [who] = useAddress('person');
  const other = who !== '' && who !== of.case!.person?.id;
  const from = millis(of.missingBefore) > millis(of.windowFrom) ? of.missingBefore : of.windowFrom;
  const asked = { person: who, case: of.case!.id, from, to: of.windowTo };
  const theirs = useQuery({ queryKey: ['TracingService', 'movements', who, of.case!.id, millis(from), millis(of.windowTo)], queryFn: () => tracingApi.movements(asked), enabled: other });
  const shown = other ? theirs.data : of.movements;
  const stays = useMemo(() => [...(shown?.stays ?? [])].sort((a, b) => millis(a.from) - millis(b.from)), [shown]);
  const passes = shown?.passes ?? [];
  const [at, setAt] = useState<number>();
  if (other && theirs.error) return <Problem error={theirs.error} onRetry={() => void theirs.refetch()} />;
  if (other && theirs.isPending) return <Skeleton active />;
  if (stays.length === 0 && passes.length === 0) return <Empty description={t.noMovements} />;
  const begin = millis(from);
  const end = Math.max(begin + 1, Math.min(millis(of.windowTo) || Date.now(), Date.now()));
  return (
    <Flex vertical gap={16}>
      {other && (
        <Alert
          type="info"
          title={
            <>
              {t.movementsOf} <Who of={theirs.data?.person} />
            </>
          }
        />
      )}
      <Replay from={begin} to={end} at={at ?? begin} onAt={setAt} stays={stays} passes={passes} />
      <Timeline stays={stays} passes={passes} from={begin} to={end} at={at} />
      <Tabs
        size="small"
        items={[
          { key: 'stays', label: t.stays(stays.length), children: <StayTable stays={stays} end={end} onAt={setAt} /> },
          { key: 'passes', label: t.passes(passes.length), children: <PassTable passes={passes} caseId={of.case!.id} /> },
        ]}
      />
    </Flex>
  );
}

function StayTable({ stays, end, onAt }: { stays: Stay[]; end: number; onAt: (at: number) => void }) {
  const t = useTexts().investigation;
  const site = useSite();
  const bound = (written: string, observed: boolean) => (
    <>
      {written} {!observed && <Tag>{t.inferred}</Tag>}
    </>
  );
  return (
    <Table<Stay>
      size="small"
      rowKey={(s) => `${s.zone} ${millis(s.from)}`}
      dataSource={stays}
      pagination={{ pageSize: 20, hideOnSinglePage: true }}
      scroll={{ x: 620 }}
      columns={[
        { title: t.zone, key: 'zone', render: (_, s) => <Button type="link" style={{ paddingInline: 0 }} title={t.goThere} onClick={() => onAt(millis(s.from))}>{site.zone(s.zone)}</Button> },
        { title: t.from, key: 'from', render: (_, s) => bound(site.clock.full(s.from), s.fromObserved) },
        { title: t.to, key: 'to', render: (_, s) => (s.open ? t.still : bound(site.clock.full(s.to), s.toObserved)) },
        { title: t.long, key: 'long', align: 'right', render: (_, s) => spanOf((s.open ? end : millis(s.to)) - millis(s.from), t.spans) },
      ]}
    />
  );
}

function PassTable({ passes, caseId }: { passes: Pass[]; caseId: string }) {
  const t = useTexts().investigation;
  const site = useSite();
  return (
    <Table<Pass>
      size="small"
      rowKey={(p) => `${p.gate}:${p.sequence}`}
      dataSource={passes}
      pagination={{ pageSize: 20, hideOnSinglePage: true }}
      scroll={{ x: 620 }}
      columns={[
        { title: t.time, key: 'at', render: (_, p) => site.clock.full(p.captured) },
        { title: t.gate, key: 'gate', render: (_, p) => site.gate(p.gate) },
        { title: t.direction, key: 'direction', render: (_, p) => (p.direction === Direction.IN ? t.in : p.direction === Direction.OUT ? t.out : '–') },
        { title: t.means, key: 'means', render: (_, p) => word(t.meansWords, String(p.means)) },
        { title: t.correction, key: 'correct', render: (_, p) => <CorrectPass of={p} caseId={caseId} /> },
      ]}
    />
  );
}
