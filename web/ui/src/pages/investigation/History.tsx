import { useQuery } from '@tanstack/react-query';
import { Empty, Input, Table } from 'antd';
import { useMemo } from 'react';

import { casesApi } from '../../api/case';
import type { CaseChange } from '../../api/menshen/v1/case_pb';
import { useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { useAddress } from '../../parts/address';
import { historyValue } from './historyValue';
import { KeyboardScroll } from './KeyboardScroll';
import { useSite } from '../../parts/site';
import { word } from './tags';

/** Who changed what, when and why; the latest first. */
export default function History({ id }: { id: string }) {
  const t = useTexts().investigation;
  const { clock } = useSite();
  const [text, setText] = useAddress('find');
  const list = useQuery({ queryKey: ['CaseService', 'getHistory', { case: id }], queryFn: () => casesApi.getHistory({ case: id }) });
  const names = useMemo(() => new Map((list.data?.names ?? []).map((n) => [n.id, n.name])), [list.data]);
  const value = (c: CaseChange, v: string) => historyValue(c.field, names.get(v) ?? v, clock, t);
  const shown = useMemo(() => {
    const words = text.trim().toLowerCase();
    const all = [...(list.data?.changes ?? [])].reverse();
    return words ? all.filter((c) => [names.get(c.contact), c.by, c.why, c.before, c.after].some((s) => s?.toLowerCase().includes(words))) : all;
  }, [list.data, names, text]);
  if (list.error) return <Problem error={list.error} onRetry={() => void list.refetch()} />;
  return (
    <>
      <Input.Search allowClear value={text} onChange={(e) => setText(e.target.value)} placeholder={t.findHistory} aria-label={t.findHistory} style={{ maxWidth: 320, marginBlockEnd: 12 }} />
      <KeyboardScroll label={t.history}>
        <Table<CaseChange>
          size="small"
          rowKey={(c) => `${c.contact} ${c.field} ${c.at?.seconds} ${c.at?.nanos} ${c.after}`}
          loading={list.isPending}
          dataSource={shown}
          pagination={{ pageSize: 100, hideOnSinglePage: true }}
          scroll={{ x: 1000 }}
          locale={{ emptyText: <Empty /> }}
          columns={[
            { title: t.time, key: 'at', width: 150, render: (_, c) => clock.full(c.at) },
            { title: t.by, dataIndex: 'by', width: 150 },
            { title: t.about, key: 'contact', width: 170, render: (_, c) => (c.contact ? (names.get(c.contact) ?? c.contact) : t.theCase) },
            { title: t.field, key: 'field', width: 130, render: (_, c) => word(t.fields, c.field.split(':')[0]!) },
            { title: t.before, key: 'before', width: 160, render: (_, c) => value(c, c.before) },
            { title: t.after, key: 'after', width: 220, render: (_, c) => value(c, c.after) },
            { title: t.why, dataIndex: 'why' },
          ]}
        />
      </KeyboardScroll>
    </>
  );
}
