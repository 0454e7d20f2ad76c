import { useQuery } from '@tanstack/react-query';
import { Card, Empty, Flex, Segmented, Table, Typography } from 'antd';
import { Link } from 'react-router';

import { casesApi } from '../../api/case';
import { Role } from '../../api/menshen/v1/account_pb';
import type { Case } from '../../api/menshen/v1/case_pb';
import { useSession } from '../../app/session';
import { useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { useAddress } from '../../parts/address';
import { DecideCase } from './DecideCase';
import { ExtendCase } from './ExtendCase';
import { Recorded } from './Recorded';
import { RequestCase } from './RequestCase';
import { useSite } from '../../parts/site';
import { CaseState, choices, Who } from './tags';

/** All cases: those that wait for a second person first, and then the list. */
export default function Cases() {
  const texts = useTexts();
  const t = texts.investigation;
  const { clock } = useSite();
  const { account, may } = useSession();
  const [state, setState] = useAddress('state');
  const list = useQuery({ queryKey: ['CaseService', 'listCases', {}], queryFn: () => casesApi.listCases({ limit: 1000 }), refetchInterval: 60_000 });
  const cases = list.data?.cases ?? [];
  const approver = may([Role.APPROVER]);
  const investigator = may([Role.INVESTIGATOR]);
  const waiting = approver ? cases.filter((c) => c.state === 'requested') : [];
  return (
    <>
      <Flex justify="space-between" align="center" gap={12} wrap style={{ marginBlockEnd: 8 }}>
        <Typography.Title level={3} style={{ margin: 0 }}>
          {t.cases}
        </Typography.Title>
        {investigator && <RequestCase />}
      </Flex>
      <Recorded />
      {list.error && <Problem error={list.error} onRetry={() => void list.refetch()} />}
      {waiting.length > 0 && (
        <Card title={t.waiting(waiting.length)} style={{ marginBlockEnd: 16 }}>
          <Flex vertical gap={24}>
            {waiting.map((c) => (
              <DecideCase key={c.id} of={c} mine={c.requestedBy.endsWith(`@${account.name}`)} />
            ))}
          </Flex>
        </Card>
      )}
      <div style={{ overflowX: 'auto', marginBlockEnd: 12 }}>
        <Segmented value={state} onChange={setState} options={[{ value: '', label: texts.common.all }, ...choices(t.states)]} aria-label={t.state} />
      </div>
      <Table<Case>
        rowKey="id"
        loading={list.isPending}
        dataSource={cases.filter((c) => !state || c.state === state)}
        pagination={{ pageSize: 50, hideOnSinglePage: true }}
        scroll={cases.length > 0 ? { x: 860 } : undefined}
        locale={{ emptyText: <Empty description={investigator ? t.noCases : t.noCasesApprover} /> }}
        columns={[
          { title: t.number, key: 'number', render: (_, c) => (c.readable ? <Link to={`/investigation/cases/${c.id}`}>{c.number}</Link> : c.number) },
          { title: t.state, key: 'state', render: (_, c) => <CaseState of={c} /> },
          { title: t.indexPerson, key: 'person', render: (_, c) => <Who of={c.person} /> },
          { title: t.purpose, dataIndex: 'purpose', ellipsis: true },
          { title: t.contacts, dataIndex: 'contacts', align: 'right', render: (n: number, c) => (c.readable ? n : '–') },
          { title: t.requestedBy, key: 'by', render: (_, c) => `${c.requestedBy}` },
          { title: t.expires, key: 'expires', render: (_, c) => <>{clock.day(c.expires)} {investigator && c.expired && (c.state === 'open' || c.state === 'closed') && <ExtendCase of={c} />}</> },
        ]}
      />
    </>
  );
}
