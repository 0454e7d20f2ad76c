import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Alert, Empty, Flex, Table, Tag, Typography } from 'antd';
import { Link, useNavigate, useSearchParams } from 'react-router';

import { registryApi } from '../../../api/registry';
import { useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';
import { SearchBox } from './SearchBox';

const limit = 200;

/** Who lives where; what was searched for is in the address. */
export default function Households() {
  const t = useTexts().office;
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const query = params.get('q') ?? '';
  const found = useQuery({
    queryKey: ['households', query],
    queryFn: () => registryApi.listHouseholds({ query, limit }),
    placeholderData: keepPreviousData,
  });
  const households = found.data?.households ?? [];
  const address = (dwelling: string) => `/office/households/${encodeURIComponent(dwelling)}`;
  return (
    <Flex vertical gap={16}>
      <Typography.Title level={1} style={{ fontSize: 24, margin: 0 }}>
        {t.households}
      </Typography.Title>
      <SearchBox label={t.findHouseholds} />
      {found.error && <Problem error={found.error} onRetry={() => void found.refetch()} />}
      {households.length === limit && <Alert type="info" showIcon title={t.householdFirst(limit)} />}
      <Table
        rowKey="id"
        dataSource={households}
        loading={found.isFetching && { delay: 300 }}
        scroll={{ x: 'max-content' }}
        pagination={{ pageSize: 50, showSizeChanger: false, hideOnSinglePage: true }}
        onRow={(household) => ({ onClick: (event) => !(event.target as Element).closest('a') && void navigate(address(household.dwelling)), style: { cursor: 'pointer' } })}
        locale={{ emptyText: <Empty description={query ? t.noHouseholdFound : `${t.noHouseholds} · ${t.noHouseholdsHint}`} /> }}
        columns={[
          { title: t.dwelling, render: (_, household) => <Link to={address(household.dwelling)}>{household.dwelling}</Link> },
          { title: t.members, render: (_, household) => household.people.filter((person) => person.state !== 'inactive').map((person) => person.name).join('、') || '—' },
          { title: t.note, render: (_, household) => household.note || '—' },
          { title: '', render: (_, household) => household.shared && <Tag>{t.sharedShort}</Tag> },
        ]}
      />
    </Flex>
  );
}
