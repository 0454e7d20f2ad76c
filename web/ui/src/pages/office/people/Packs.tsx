import { useQuery } from '@tanstack/react-query';
import { Card, Empty, Flex, Table, Typography } from 'antd';
import { Link } from 'react-router';

import { Role } from '../../../api/menshen/v1/account_pb';
import type { PackRequest } from '../../../api/menshen/v1/registry_pb';
import { registryApi } from '../../../api/registry';
import { useSession } from '../../../app/session';
import { useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';
import { useTimes } from '../../../parts/time';
import { DecidePack } from './DecidePack';
import { packsKey, PackState } from './packState';

/** Requests for people's passes, for themselves: those that wait for a second person first, and then the list. */
export default function Packs() {
  const t = useTexts().office;
  const { minute } = useTimes();
  const { account, may } = useSession();
  const list = useQuery({ queryKey: packsKey, queryFn: () => registryApi.listPacks({ limit: 1000 }), refetchInterval: 60_000 });
  const requests = list.data?.requests ?? [];
  const waiting = may([Role.APPROVER]) ? requests.filter((one) => one.state === 'requested') : [];
  const office = may([Role.OFFICE]);
  return (
    <>
      <Typography.Title level={3} style={{ margin: 0, marginBlockEnd: 8 }}>
        {t.packs}
      </Typography.Title>
      <Typography.Paragraph type="secondary">{t.packPassesHint}</Typography.Paragraph>
      {list.error && <Problem error={list.error} onRetry={() => void list.refetch()} />}
      {waiting.length > 0 && (
        <Card title={t.packsWaiting(waiting.length)} style={{ marginBlockEnd: 16 }}>
          <Flex vertical gap={24}>
            {waiting.map((one) => (
              <DecidePack key={one.id} of={one} mine={one.requestedBy === `account@${account.name}`} />
            ))}
          </Flex>
        </Card>
      )}
      <Table<PackRequest>
        rowKey="id"
        loading={list.isPending}
        dataSource={requests}
        pagination={{ pageSize: 50, hideOnSinglePage: true }}
        scroll={requests.length > 0 ? { x: 860 } : undefined}
        locale={{ emptyText: <Empty description={t.packsNone} /> }}
        columns={[
          { title: t.name, key: 'person', render: (_, one) => <PackWho of={one} link={office} /> },
          { title: t.state, key: 'state', render: (_, one) => <PackState of={one} /> },
          { title: t.packShown, dataIndex: 'askedBy', ellipsis: true },
          { title: t.packRequestedBy, dataIndex: 'requestedBy' },
          { title: t.packDecidedBy, dataIndex: 'decidedBy' },
          { title: t.packUntil, key: 'expires', render: (_, one) => minute(one.expires) },
          { title: t.packFetched, key: 'fetched', render: (_, one) => `${one.fetched}/${one.fetches}` },
        ]}
      />
    </>
  );
}

function PackWho({ of, link }: { of: PackRequest; link: boolean }) {
  const name = of.person?.name || '–';
  return (
    <>
      {link ? <Link to={`/office/people/${encodeURIComponent(of.person?.id ?? '')}`}>{name}</Link> : name} {of.person?.dwelling}
    </>
  );
}
