import { ScanOutlined, UserAddOutlined } from '@ant-design/icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button, Empty, Flex, Table, Tag, Typography } from 'antd';
import { Link, useNavigate, useSearchParams } from 'react-router';

import { peopleApi } from '../../../api/core';
import { useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';
import { SearchBox } from './SearchBox';

const perPage = 50;

/** Finds people; what was searched for, and which page of it, is in the address. */
export default function People() {
  const texts = useTexts();
  const t = texts.office;
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  const query = params.get('q') ?? '';
  const page = Math.max(1, Number(params.get('page')) || 1);
  const found = useQuery({
    queryKey: ['people', 'listPeople', query, page],
    queryFn: () => peopleApi.listPeople({ query, limit: perPage, offset: (page - 1) * perPage }),
    placeholderData: keepPreviousData,
  });
  const total = found.data?.total ?? 0;
  const address = (id: string) => `/office/people/${encodeURIComponent(id)}`;

  return (
    <Flex vertical gap={16}>
      <Flex justify="space-between" align="center" wrap gap={12}>
        <Typography.Title level={1} style={{ fontSize: 24, margin: 0 }}>
          {t.people}
        </Typography.Title>
        <Flex gap={8} wrap>
          <Button icon={<UserAddOutlined />} onClick={() => void navigate('/office/people/new')}>
            {t.newPerson}
          </Button>
          <Button type="primary" icon={<ScanOutlined />} onClick={() => void navigate('/office/enrol')}>
            {t.enrolFace}
          </Button>
        </Flex>
      </Flex>
      <Flex align="center" gap={16} wrap>
        <SearchBox label={t.findPeople} />
        {found.data && total > 0 && (
          <Typography.Text type="secondary" role="status">
            {t.count(total)}
          </Typography.Text>
        )}
      </Flex>
      {found.error && <Problem error={found.error} onRetry={() => void found.refetch()} />}
      <Table
        rowKey={(view) => view.id}
        dataSource={found.data?.people ?? []}
        loading={found.isFetching && { delay: 300 }}
        scroll={{ x: 'max-content' }}
        onRow={(view) => ({ onClick: (event) => !(event.target as Element).closest('a') && void navigate(address(view.id)), style: { cursor: 'pointer' } })}
        pagination={{
          current: page,
          pageSize: perPage,
          total,
          showSizeChanger: false,
          hideOnSinglePage: true,
          onChange: (next) => setParams({ ...(query && { q: query }), ...(next > 1 && { page: String(next) }) }),
        }}
        locale={{
          emptyText: (
            <Empty
              description={
                <Flex vertical gap={4}>
                  <Typography.Text strong>{query ? t.nobodyFound : t.nobody}</Typography.Text>
                  <Typography.Text type="secondary">{query ? t.nobodyFoundHint : t.nobodyHint}</Typography.Text>
                </Flex>
              }
            />
          ),
        }}
        columns={[
          { title: t.name, render: (_, view) => <Link to={address(view.id)}>{view.name}</Link> },
          { title: t.dwelling, render: (_, view) => view.dwelling || <Typography.Text type="secondary">{t.notResident}</Typography.Text> },
          { title: t.face, render: (_, view) => (view.templates > 0 ? <Tag color="success">{t.enrolled}</Tag> : <Tag>{t.notEnrolled}</Tag>) },
          { title: t.state, render: (_, view) => (view.state === 'inactive' ? <Tag>{t.inactive}</Tag> : t.active) },
        ]}
      />
    </Flex>
  );
}
