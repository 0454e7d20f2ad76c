import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Alert, Empty, Flex, Input, Table, Tag, Typography } from 'antd';
import { Link, useSearchParams } from 'react-router';

import { api } from '../../api/client';
import { useTexts } from '../../language';
import { Problem } from '../../parts/Problem';

const limit = 200;

/** Finds people; what was searched for is in the address. */
export default function People() {
  const t = useTexts().office;
  const [params, setParams] = useSearchParams();
  const query = params.get('q') ?? '';
  const found = useQuery({
    queryKey: ['people', 'listPeople', query],
    queryFn: () => api.people.listPeople({ query, limit }),
    placeholderData: keepPreviousData,
  });
  const people = found.data?.people ?? [];

  return (
    <Flex vertical gap={16}>
      <Typography.Title level={1} style={{ fontSize: 24, margin: 0 }}>
        {t.people}
      </Typography.Title>
      <Input.Search
        key={query}
        defaultValue={query}
        aria-label={t.findPeople}
        placeholder={t.findPeople}
        allowClear
        onSearch={(text) => setParams(text.trim() ? { q: text.trim() } : {})}
        style={{ maxWidth: 420 }}
      />
      {found.error && <Problem error={found.error} onRetry={() => void found.refetch()} />}
      {people.length === limit && <Alert type="info" showIcon title={t.firstOnly(limit)} />}
      <Table
        rowKey={(view) => view.id}
        dataSource={people}
        loading={found.isFetching}
        scroll={{ x: 'max-content' }}
        locale={{ emptyText: <Empty description={query ? t.nobodyFound : t.nobody} /> }}
        columns={[
          { title: t.name, render: (_, view) => <Link to={`/office/people/${encodeURIComponent(view.id)}`}>{view.name}</Link> },
          { title: t.dwelling, render: (_, view) => view.dwelling || t.notResident },
          { title: t.templates, render: (_, view) => view.templates },
          { title: t.state, render: (_, view) => (view.state === 'inactive' ? <Tag>{t.inactive}</Tag> : <Tag color="success">{t.active}</Tag>) },
        ]}
      />
    </Flex>
  );
}
