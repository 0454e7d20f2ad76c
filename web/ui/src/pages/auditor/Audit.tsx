import { DownloadOutlined } from '@ant-design/icons';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { App, Button, DatePicker, Empty, Flex, Form, Input, Select, Tag, Tooltip, Typography } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { Link, useSearchParams } from 'react-router';

import { auditApi } from '../../api/account';
import type { AuditEntry } from '../../api/menshen/v1/account_pb';
import { useSession } from '../../app/session';
import { useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { Sheet } from '../../parts/Sheet';
import { useTimes } from '../../parts/time';
import { clockOf } from '../../parts/clock';
import { Checkpoint } from './Checkpoint';
import { csvOf, saveAs } from './csv';
import { actionChoices, actionWords, actorWords, detailWords } from './words';

const perAnswer = 100;
const perFileAnswer = 500;
const mostInFile = 50_000;
const day = 'YYYY-MM-DD';

interface Wanted {
  person?: string;
  actor?: string;
  action?: string;
  days?: [Dayjs, Dayjs] | null;
}

/** Who did what, newest first. What is asked for is in the address. */
export default function Audit() {
  const texts = useTexts();
  const { auditor: t, common: c } = texts;
  const { second } = useTimes();
  const { message } = App.useApp();
  const { zone } = useSession();
  const clock = clockOf(zone);
  const [search, setSearch] = useSearchParams();
  const get = (name: string) => search.get(name) ?? '';
  const [from, to] = [get('from'), get('to')];
  const asked = {
    person: get('person'),
    actor: get('actor'),
    action: get('action'),
    subject: get('subject'),
    from: from ? clock.fromPicker(dayjs(from)) : undefined,
    to: to ? clock.fromPicker(dayjs(to).add(1, 'day')) : undefined,
  };
  const log = useInfiniteQuery({
    queryKey: ['audit', 'listAudit', search.toString()],
    queryFn: ({ pageParam }) => auditApi.listAudit({ ...asked, before: pageParam, limit: perAnswer }),
    initialPageParam: 0n,
    getNextPageParam: (answer) => (answer.entries.length === perAnswer ? answer.entries.at(-1)?.sequence : undefined),
  });
  const file = useMutation({
    mutationFn: async () => {
      const all: AuditEntry[] = [];
      for (let before = 0n; all.length < mostInFile; before = all.at(-1)!.sequence) {
        const { entries } = await auditApi.listAudit({ ...asked, before, limit: perFileAnswer, export: true });
        all.push(...entries);
        void message.open({ key: 'export', type: 'loading', content: t.exporting(all.length), duration: 0 });
        if (entries.length < perFileAnswer) return { all, cut: false };
      }
      return { all, cut: true };
    },
    onSuccess: ({ all, cut }) => {
      const head = [t.sequence, t.at, t.actor, '', t.action, '', t.subject, '', t.purpose, t.detail];
      const rows = all.map((entry) => [
        String(entry.sequence), second(entry.at), actorWords(t, entry), entry.actor, actionWords(t, entry.action), entry.action, entry.subjectName, entry.subject, entry.purpose,
        detailWords(texts, entry.detail).map(([label, value]) => t.says(label, value)).join('; '),
      ]);
      saveAs(`${t.file}-${clock.today()}.csv`, csvOf([head, ...rows]));
      void message.open({ key: 'export', type: cut ? 'warning' : 'success', content: cut ? t.exportCut(all.length) : t.exported(all.length), duration: 6 });
    },
    onError: () => message.destroy('export'),
  });
  const ask = (wanted: Wanted) => {
    const next = new URLSearchParams();
    for (const name of ['person', 'actor', 'action'] as const) if (wanted[name]?.trim()) next.set(name, wanted[name].trim());
    if (wanted.days?.[0]) next.set('from', wanted.days[0].format(day));
    if (wanted.days?.[1]) next.set('to', wanted.days[1].format(day));
    setSearch(next);
  };
  const linkTo = (name: string, value: string, shown: string) => {
    const next = new URLSearchParams(search);
    next.set(name, value);
    return <Link to={`?${next}`}>{shown}</Link>;
  };
  return (
    <Flex vertical gap={16}>
      <Flex justify="space-between" align="center" wrap gap={8}>
        <Typography.Title level={1} style={{ fontSize: 22, margin: 0 }}>
          {t.audit}
        </Typography.Title>
        <Button icon={<DownloadOutlined />} loading={file.isPending} onClick={() => file.mutate()}>
          {t.export}
        </Button>
      </Flex>
      <Typography.Text type="secondary">{t.hint}</Typography.Text>
      <Form<Wanted>
        key={search.toString()}
        layout="vertical"
        initialValues={{ person: asked.person, actor: asked.actor, action: asked.action || undefined, days: from || to ? [from ? dayjs(from) : null, to ? dayjs(to) : null] : undefined }}
        onFinish={ask}
      >
        <Flex wrap gap={12} align="end">
          <Form.Item name="person" label={t.person} style={{ flex: '1 1 150px', margin: 0 }}>
            <Input allowClear placeholder={t.personHint} />
          </Form.Item>
          <Form.Item name="actor" label={t.account} style={{ flex: '1 1 170px', margin: 0 }}>
            <Input allowClear placeholder={t.accountHint} />
          </Form.Item>
          <Form.Item name="action" label={t.action} style={{ flex: '1 1 190px', margin: 0 }}>
            <Select allowClear showSearch={{ optionFilterProp: 'label' }} placeholder={t.any} options={actionChoices(t)} />
          </Form.Item>
          <Form.Item name="days" label={t.days} style={{ flex: '1 1 240px', margin: 0 }}>
            <DatePicker.RangePicker style={{ width: '100%' }} allowEmpty={[true, true]} />
          </Form.Item>
          <Button type="primary" htmlType="submit">
            {c.search}
          </Button>
          {search.size > 0 && <Button onClick={() => setSearch({})}>{t.clear}</Button>}
        </Flex>
      </Form>
      <Checkpoint />
      {log.error && <Problem error={log.error} onRetry={() => void log.refetch()} />}
      {file.error && <Problem error={file.error} onRetry={() => file.mutate()} />}
      <Sheet<AuditEntry>
        rowKey={(entry) => String(entry.sequence)}
        loading={log.isPending}
        dataSource={log.data?.pages.flatMap((answer) => answer.entries)}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t.empty} /> }}
        columns={[
          { title: t.sequence, align: 'end', render: (_, entry) => <Typography.Text type="secondary">{String(entry.sequence)}</Typography.Text> },
          { title: t.at, render: (_, entry) => second(entry.at) },
          { title: t.actor, render: (_, entry) => <Tooltip title={entry.actor}>{linkTo('actor', entry.actor, actorWords(t, entry))}</Tooltip> },
          { title: t.action, render: (_, entry) => <Tooltip title={entry.action}>{linkTo('action', entry.action, actionWords(t, entry.action))}</Tooltip> },
          { title: t.subject, render: (_, { subject, subjectName }) => (subjectName ? <Tooltip title={subject}>{linkTo('person', subject, subjectName)}</Tooltip> : subject && <Typography.Text style={{ maxWidth: 220 }} ellipsis={{ tooltip: subject }}>{subject}</Typography.Text>) },
          { title: t.purpose, render: (_, { purpose }) => <div style={{ maxWidth: 200, whiteSpace: 'normal' }}>{purpose}</div> },
          {
            title: t.detail,
            render: (_, { detail }) => (
              <Flex wrap gap={4} style={{ maxWidth: 420 }}>
                {detailWords(texts, detail).map(([label, value]) => (
                  <Tag key={label} style={{ margin: 0, whiteSpace: 'normal', wordBreak: 'break-word' }}>
                    {label ? t.says(label, value) : value}
                  </Tag>
                ))}
              </Flex>
            ),
          },
        ]}
      />
      {log.hasNextPage && (
        <Button loading={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
          {t.earlier}
        </Button>
      )}
    </Flex>
  );
}
