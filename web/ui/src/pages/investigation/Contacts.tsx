import { Checkbox, Empty, Flex, Input, Select, Table, Typography, Button } from 'antd';
import { useMemo } from 'react';

import type { CaseContact, GetCaseResponse } from '../../api/menshen/v1/case_pb';
import { inLanguage, useLanguage, useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { AddContact } from './AddContact';
import { useAddress } from '../../parts/address';
import { longOf } from '../../parts/clock';
import { ContactDrawer } from './ContactDrawer';
import { useContacts } from './contacts';
import { useSite } from '../../parts/site';
import { choices, Level, Who, word } from './tags';

/** Who counts as a contact and why, with filters that are in the address. */
export default function Contacts({ of }: { of: GetCaseResponse }) {
  const t = useTexts().investigation;
  const { language } = useLanguage();
  const { clock } = useSite();
  const id = of.case!.id;
  const [generation, setGeneration] = useAddress('generation');
  const [level, setLevel] = useAddress('level');
  const [status, setStatus] = useAddress('status');
  const [rule, setRule] = useAddress('rule');
  const [text, setText] = useAddress('find');
  const [withdrawn, setWithdrawn] = useAddress('withdrawn');
  const [contact, setContact] = useAddress('contact');
  const list = useContacts(id, withdrawn === 'yes');
  const all = useMemo(() => list.data ?? [], [list.data]);
  const shown = useMemo(() => {
    const words = text.trim().toLowerCase();
    return all.filter(
      (c) =>
        (!generation || String(c.generation) === generation) &&
        (!level || c.level === level) &&
        (!status || c.status === status) &&
        (!rule || c.rule === rule) &&
        (!words || [c.person?.name, c.person?.dwelling, c.owner, c.note, inLanguage(c.words, language)].some((s) => s?.toLowerCase().includes(words))),
    );
  }, [all, generation, level, status, rule, text, language]);
  const valuesOf = (pick: (c: CaseContact) => string) => [...new Set(all.map(pick))].filter(Boolean).sort().map((value) => ({ value, label: value }));
  const filter = { allowClear: true, style: { minWidth: 130 } };
  return (
    <>
      <Flex gap={8} wrap style={{ marginBlockEnd: 12 }} role="search" aria-label={t.filters}>
        <Input.Search allowClear value={text} onChange={(e) => setText(e.target.value)} placeholder={t.findContact} aria-label={t.findContact} style={{ width: 220 }} />
        <Select {...filter} value={generation || undefined} onChange={(v) => setGeneration(v ?? '')} placeholder={t.generation} aria-label={t.generation} options={valuesOf((c) => String(c.generation)).map((o) => ({ ...o, label: t.generationOf(Number(o.value)) }))} />
        <Select {...filter} value={level || undefined} onChange={(v) => setLevel(v ?? '')} placeholder={t.level} aria-label={t.level} options={choices(t.levels)} />
        <Select {...filter} value={status || undefined} onChange={(v) => setStatus(v ?? '')} placeholder={t.status} aria-label={t.status} options={choices(t.statuses)} />
        <Select {...filter} value={rule || undefined} onChange={(v) => setRule(v ?? '')} placeholder={t.exposureKind} aria-label={t.exposureKind} options={valuesOf((c) => c.rule).map((o) => ({ ...o, label: word(t.rules, o.value) }))} />
        <Checkbox checked={withdrawn === 'yes'} onChange={(e) => setWithdrawn(e.target.checked ? 'yes' : '')} style={{ alignSelf: 'center' }}>
          {t.alsoWithdrawn}
        </Checkbox>
        <AddContact caseId={id} />
      </Flex>
      {list.error && <Problem error={list.error} onRetry={() => void list.refetch()} />}
      <Typography.Paragraph type="secondary" aria-live="polite">
        {t.shown(shown.length, all.length)}
      </Typography.Paragraph>
      <Table<CaseContact>
        virtual={shown.length > 0}
        size="small"
        rowKey="id"
        loading={list.isPending}
        dataSource={shown}
        pagination={false}
        scroll={shown.length > 0 ? { x: 1040, y: 560 } : undefined}
        locale={{ emptyText: <Empty description={all.length === 0 ? t.noContacts : t.noneMatch} /> }}
        columns={[
          {
            title: t.name,
            key: 'name',
            width: 180,
            render: (_, c) => (
              <Button type="link" style={{ paddingInline: 0 }} onClick={() => setContact(c.id)}>
                <Who of={c.person} />
              </Button>
            ),
          },
          { title: t.level, key: 'level', width: 185, render: (_, c) => <Level level={c.level} risk={c.risk} /> },
          { title: t.generation, key: 'generation', width: 70, render: (_, c) => t.generationOf(c.generation) },
          { title: t.reason, key: 'words', ellipsis: true, width: 230, render: (_, c) => (c.withdrawnFor ? `${t.withdrawnFor}${c.withdrawnFor}` : inLanguage(c.words, language) || (c.rule ? word(t.rules, c.rule) : c.note) || word(t.sources, c.source)) },
          { title: t.lastExposure, key: 'last', width: 115, render: (_, c) => clock.minute(c.last) },
          { title: t.together, key: 'together', width: 105, render: (_, c) => longOf(c.together, t.spans) },
          { title: t.status, key: 'status', width: 110, render: (_, c) => word(t.statuses, c.status) },
          { title: t.owner, dataIndex: 'owner', width: 90, ellipsis: true },
        ]}
      />
      {contact && <ContactDrawer caseId={id} contact={contact} others={all} onClose={() => setContact('')} />}
    </>
  );
}
