import { useQuery } from '@tanstack/react-query';
import { Descriptions, Drawer, Skeleton, Table, Timeline as Steps, Typography } from 'antd';
import { Link } from 'react-router';

import { casesApi } from '../../api/case';
import type { CaseContact, CaseHop, FollowUp } from '../../api/menshen/v1/case_pb';
import { inLanguage, useLanguage, useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { longOf } from '../../parts/clock';
import { ContactActions } from './ContactActions';
import { useSite } from '../../parts/site';
import { Level, policyText, Who, word } from './tags';

/** One contact: why it counts, what was done, and what can be done. */
export function ContactDrawer({ caseId, contact, others, onClose }: { caseId: string; contact: string; others: CaseContact[]; onClose: () => void }) {
  const t = useTexts().investigation;
  const shown = useQuery({ queryKey: ['CaseService', 'getContact', { case: caseId, contact }], queryFn: () => casesApi.getContact({ case: caseId, contact }) });
  const c = shown.data?.contact;
  return (
    <Drawer open onClose={onClose} size={620} title={c ? <Who of={c.person} /> : t.contacts}>
      {shown.error && <Problem error={shown.error} onRetry={() => void shown.refetch()} />}
      {!c && !shown.error && <Skeleton active />}
      {c && (
        <>
          <Facts of={c} />
          <ContactActions caseId={caseId} of={c} others={others} tests={shown.data!.tests} />
          <Typography.Title level={5}>{t.path}</Typography.Title>
          <Path hops={c.path} />
          <Typography.Title level={5}>{t.followUp}</Typography.Title>
          <FollowUpList of={shown.data!.followUps} />
          {c.person?.id && <Link to={`/investigation/cases/${caseId}?tab=movements&person=${c.person.id}`}>{t.theirMovements}</Link>}
        </>
      )}
    </Drawer>
  );
}

function Facts({ of: c }: { of: CaseContact }) {
  const t = useTexts().investigation;
  const { language } = useLanguage();
  const { clock } = useSite();
  return (
    <Descriptions
      size="small"
      column={{ xs: 1, sm: 2 }}
      items={[
        { key: 'level', label: t.level, children: <Level level={c.level} risk={c.risk} /> },
        { key: 'generation', label: t.generation, children: t.generationOf(c.generation) },
        { key: 'status', label: t.status, children: word(t.statuses, c.status) },
        { key: 'owner', label: t.owner, children: c.owner || '–' },
        { key: 'reason', label: t.reason, span: 'filled', children: inLanguage(c.words, language) || word(t.sources, c.source) },
        { key: 'exposure', label: t.exposure, children: `${clock.minute(c.first)} – ${clock.minute(c.last)}` },
        { key: 'together', label: t.together, children: t.atLeast(longOf(c.together, t.spans), longOf(c.least, t.spans)) },
        { key: 'sureness', label: t.sureness, children: c.sureness ? `${Math.round(c.sureness * 100)} %` : '–' },
        { key: 'policy', label: t.policy, children: `${word(t.rules, c.rule) || '–'} (${policyText(c.policy)})` },
        { key: 'follow', label: t.followDays, children: c.followFrom ? `${clock.day(c.followFrom)} – ${clock.day(c.followTo)}` : '–' },
        { key: 'isolated', label: t.isolation, children: c.isolatedFrom ? `${clock.minute(c.isolatedFrom)} – ${clock.minute(c.isolatedTo)}` : '–' },
        ...(c.phone ? [{ key: 'phone', label: t.phone, children: c.phone }] : []),
        ...(c.note ? [{ key: 'note', label: t.note, span: 'filled' as const, children: c.note }] : []),
        ...(c.withdrawnFor ? [{ key: 'withdrawn', label: t.withdrawn, span: 'filled' as const, children: c.withdrawnFor }] : []),
        ...(c.missed.length ? [{ key: 'missed', label: t.missed, span: 'filled' as const, children: c.missed.join('、') }] : []),
      ]}
    />
  );
}

/** The steps from the index person on. */
export function Path({ hops }: { hops: CaseHop[] }) {
  const t = useTexts().investigation;
  const site = useSite();
  if (hops.length === 0) return <Typography.Paragraph type="secondary">{t.noPath}</Typography.Paragraph>;
  const where = (h: CaseHop) => (h.exposure?.zone ? site.zone(h.exposure.zone) : h.exposure?.gate ? site.gate(h.exposure.gate) : word(t.exposures, h.exposure?.kind ?? ''));
  return (
    <Steps
      items={hops.map((h) => ({
        content: (
          <>
            <Who of={h.from} /> → <Who of={h.to} />
            <br />
            {site.clock.minute(h.exposure?.from)} – {site.clock.minute(h.exposure?.to)}　{where(h)}
            {h.exposure?.inferred && `　${t.inferred}`}
          </>
        ),
      }))}
    />
  );
}

function FollowUpList({ of }: { of: FollowUp[] }) {
  const t = useTexts().investigation;
  return (
    <Table<FollowUp>
      size="small"
      rowKey="id"
      dataSource={of}
      pagination={false}
      locale={{ emptyText: t.noFollowUps }}
      columns={[
        { title: t.day, dataIndex: 'day' },
        { title: t.temperature, key: 'celsius', render: (_, f) => (f.celsius ? `${f.celsius.toFixed(1)} ℃` : '–') },
        { title: t.symptoms, key: 'symptoms', render: (_, f) => (f.reached ? f.symptoms.join('、') || t.noSymptoms : t.notReached) },
        { title: t.by, key: 'by', render: (_, f) => (f.source === 'link' ? t.byLink : f.by) },
      ]}
    />
  );
}
