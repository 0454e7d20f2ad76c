import { useInfiniteQuery } from '@tanstack/react-query';
import { Button, Empty, Flex, Form, Input, Table, Typography } from 'antd';
import { Link, useSearchParams } from 'react-router';

import { api } from '../../api/client';
import type { AuditEntry } from '../../api/menshen/v1/account_pb';
import { useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { useTimes } from '../../parts/time';

const perAnswer = 100;

/** Who did what, newest first. What is asked for is in the address. */
export default function Audit() {
  const { auditor: t, common: c } = useTexts();
  const { second } = useTimes();
  const [search, setSearch] = useSearchParams();
  const asked = { actor: search.get('actor') ?? '', action: search.get('action') ?? '', subject: search.get('subject') ?? '' };
  const log = useInfiniteQuery({
    queryKey: ['audit', 'listAudit', asked],
    queryFn: ({ pageParam }) => api.audit.listAudit({ ...asked, before: pageParam, limit: perAnswer }),
    initialPageParam: 0n,
    getNextPageParam: (answer) => (answer.entries.length === perAnswer ? answer.entries.at(-1)?.sequence : undefined),
  });
  return (
    <Flex vertical gap={16}>
      <Typography.Title level={1} style={{ fontSize: 22, margin: 0 }}>
        {t.audit}
      </Typography.Title>
      <Form
        key={search.toString()}
        layout="inline"
        initialValues={asked}
        onFinish={(form: Record<string, string>) => setSearch(Object.fromEntries(Object.entries(form).filter(([, value]) => value)))}
        style={{ rowGap: 12 }}
      >
        <Form.Item name="actor" label={t.actor}>
          <Input allowClear />
        </Form.Item>
        <Form.Item name="action" label={t.action}>
          <Input allowClear placeholder={t.actionHint} />
        </Form.Item>
        <Form.Item name="subject" label={t.subject}>
          <Input allowClear placeholder={t.subjectHint} />
        </Form.Item>
        <Button type="primary" htmlType="submit">
          {c.search}
        </Button>
      </Form>
      {log.error && <Problem error={log.error} onRetry={() => void log.refetch()} />}
      <Table<AuditEntry>
        rowKey={(entry) => String(entry.sequence)}
        size="small"
        pagination={false}
        scroll={{ x: 'max-content' }}
        loading={log.isPending}
        dataSource={log.data?.pages.flatMap((answer) => answer.entries)}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t.empty} /> }}
        columns={[
          { title: t.sequence, render: (_, entry) => String(entry.sequence) },
          { title: t.at, render: (_, entry) => second(entry.at) },
          { title: t.actor, render: (_, { actor }) => <Link to={`?${new URLSearchParams({ actor })}`}>{actor}</Link> },
          { title: t.action, dataIndex: 'action' },
          { title: t.subject, dataIndex: 'subject' },
          { title: t.purpose, dataIndex: 'purpose' },
          { title: t.detail, dataIndex: 'detail' },
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
