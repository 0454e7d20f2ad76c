import { useQuery } from '@tanstack/react-query';
import { DatePicker, Empty, Flex, Input, Progress, Switch, Table, Tag } from 'antd';
import dayjs from 'dayjs';
import { useMemo } from 'react';
import { Link } from 'react-router';

import { casesApi } from '../../api/case';
import { Role } from '../../api/menshen/v1/account_pb';
import type { DueContact, FollowUp } from '../../api/menshen/v1/case_pb';
import { useSession } from '../../app/session';
import { useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { useAddress } from '../../parts/address';
import { FollowUpEntry } from './FollowUpEntry';
import { useSite } from '../../parts/site';
import { Level, Who, word } from './tags';

/** The list of a day, with an entry for each that the keyboard goes through: temperature, symptoms, Enter, the next one. */
export function DueTable({ caseId }: { caseId?: string }) {
  const t = useTexts().investigation;
  const { clock } = useSite();
  const { may } = useSession();
  const [day, setDay] = useAddress('day');
  const [owner, setOwner] = useAddress('owner');
  const [left, setLeft] = useAddress('left');
  const list = useQuery({ queryKey: ['CaseService', 'listDue', { day }], queryFn: () => casesApi.listDue({ day }) });
  const all = useMemo(() => (list.data?.due ?? []).filter((d) => (!caseId || d.caseId === caseId) && (!owner || d.contact?.owner.includes(owner))), [list.data, caseId, owner]);
  const done = all.filter((d) => d.today).length;
  const shown = left === 'yes' ? all.filter((d) => !d.today) : all;
  const looks = may([Role.INVESTIGATOR]);
  return (
    <>
      <Flex gap={12} wrap align="center" style={{ marginBlockEnd: 12 }}>
        <DatePicker aria-label={t.day} value={dayjs(day || clock.today())} allowClear={false} onChange={(d) => setDay(d && d.format('YYYY-MM-DD') !== clock.today() ? d.format('YYYY-MM-DD') : '')} />
        <Input allowClear value={owner} onChange={(e) => setOwner(e.target.value)} placeholder={t.owner} aria-label={t.owner} style={{ width: 160 }} />
        <label>
          <Switch checked={left === 'yes'} onChange={(on) => setLeft(on ? 'yes' : '')} aria-label={t.onlyLeft} /> {t.onlyLeft}
        </label>
        <span aria-live="polite">{t.dueDone(all.length, done)}</span>
        {all.length > 0 && <Progress percent={Math.round((done / all.length) * 100)} style={{ width: 160 }} aria-label={t.dueDone(all.length, done)} />}
      </Flex>
      {list.error && <Problem error={list.error} onRetry={() => void list.refetch()} />}
      <Table<DueContact>
        size="small"
        rowKey={(d) => d.contact?.id ?? ''}
        loading={list.isPending}
        dataSource={shown}
        pagination={{ pageSize: 100, hideOnSinglePage: true }}
        scroll={{ x: 1000 }}
        locale={{ emptyText: <Empty description={left && all.length > 0 ? t.allDone : t.noneDue} /> }}
        columns={[
          {
            title: t.name,
            key: 'name',
            width: 170,
            render: (_, d) => (looks ? <Link to={`/investigation/cases/${d.caseId}?tab=contacts&contact=${d.contact?.id}`}><Who of={d.contact?.person} /></Link> : <Who of={d.contact?.person} />),
          },
          { title: t.phone, key: 'phone', width: 110, render: (_, d) => (d.phone ? <a href={`tel:${d.phone}`}>{d.phone}</a> : '–') },
          ...(caseId ? [] : [{ title: t.caseNumber, key: 'case', width: 130, render: (_: unknown, d: DueContact) => d.caseNumber }]),
          { title: t.level, key: 'level', width: 120, render: (_, d) => <Level level={d.contact?.level ?? ''} /> },
          { title: t.status, key: 'status', width: 90, render: (_, d) => word(t.statuses, d.contact?.status ?? '') },
          { title: t.dayOfPlan, key: 'number', width: 70, render: (_, d) => `${d.number}/${d.days}` },
          { title: t.yesterday, key: 'yesterday', width: 90, render: (_, d) => <Said of={d.yesterday} /> },
          { title: t.today, key: 'today', width: 400, render: (_, d) => <FollowUpEntry of={d} day={list.data?.day ?? ''} /> },
        ]}
      />
    </>
  );
}

/** What a contact said on a day, in a few words. */
export function Said({ of }: { of?: FollowUp }) {
  const t = useTexts().investigation;
  if (!of) return <>–</>;
  if (!of.reached) return <Tag>{t.notReached}</Tag>;
  return (
    <>
      {of.celsius > 0 && <Tag color={of.celsius >= 37.3 ? 'error' : 'success'}>{of.celsius.toFixed(1)} ℃</Tag>}
      {of.symptoms.join('、') || (of.celsius ? '' : t.noSymptoms)}
    </>
  );
}
