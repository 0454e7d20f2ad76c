import { timestampDate, type Timestamp } from '@bufbuild/protobuf/wkt';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Descriptions, Flex, Popconfirm, Skeleton, Table, Tag, Typography } from 'antd';
import { useParams } from 'react-router';

import { api } from '../../api/client';
import { useSession } from '../../app/session';
import { useLanguage, useTexts } from '../../language';
import { Problem } from '../../parts/Problem';

/** Everything that the office keeps of one person. */
export default function Person() {
  const t = useTexts().office;
  const id = useParams().person ?? '';
  const { language } = useLanguage();
  const zone = useSession().state.timeZone;
  const { message } = App.useApp();
  const client = useQueryClient();
  const found = useQuery({ queryKey: ['registry', 'getPerson', id], queryFn: () => api.registry.getPerson({ person: id }) });
  const remove = useMutation({
    mutationFn: () => api.people.removePerson({ person: id }),
    onSuccess: () => {
      void message.success(t.removed);
      void client.invalidateQueries({ queryKey: ['registry'] });
      void client.invalidateQueries({ queryKey: ['people'] });
    },
  });

  const when = (at: Timestamp | undefined, otherwise = '') =>
    at ? timestampDate(at).toLocaleString(language, { timeZone: zone || undefined, dateStyle: 'medium', timeStyle: 'short' }) : otherwise;
  if (found.error) return <Problem error={found.error} onRetry={() => void found.refetch()} />;
  const record = found.data?.record;
  const person = record?.person;
  if (!record || !person) return <Skeleton active />;
  const { particulars, health } = record;
  return (
    <Flex vertical gap={24}>
      <Flex justify="space-between" align="center" wrap gap={12}>
        <Typography.Title level={1} style={{ fontSize: 24, margin: 0 }}>
          {person.name} {person.state === 'inactive' && <Tag>{t.inactive}</Tag>}
        </Typography.Title>
        {person.state !== 'inactive' && (
          <Popconfirm title={t.removeAsk(person.name)} description={t.removeHint} onConfirm={() => remove.mutate()}>
            <Button danger loading={remove.isPending}>
              {t.remove}
            </Button>
          </Popconfirm>
        )}
      </Flex>
      {remove.error && <Problem error={remove.error} />}
      <Descriptions
        title={t.particulars}
        bordered
        column={{ xs: 1, md: 2 }}
        items={[
          { key: 'dwelling', label: t.dwelling, children: person.dwelling || t.notResident },
          { key: 'phone', label: t.phone, children: particulars?.phone },
          { key: 'document', label: t.document, children: particulars?.documentNumber },
          { key: 'born', label: t.born, children: particulars?.born },
          { key: 'templates', label: t.templates, children: record.templates },
          { key: 'health', label: t.health, children: t.healthStates[health?.state || 'normal'] ?? health?.state },
          { key: 'since', label: t.since, children: when(health?.since) },
          { key: 'until', label: t.until, children: when(health?.until) },
        ]}
      />
      <Typography.Title level={2} style={{ fontSize: 18, margin: 0 }}>
        {t.permits}
      </Typography.Title>
      <Table
        rowKey="id"
        dataSource={record.permits}
        pagination={false}
        scroll={{ x: 'max-content' }}
        locale={{ emptyText: t.noPermits }}
        columns={[
          { title: t.kind, render: (_, permit) => t.permitKinds[permit.kind] ?? permit.kind },
          { title: t.from, render: (_, permit) => when(permit.from) },
          { title: t.to, render: (_, permit) => when(permit.to, t.unlimited) },
          { title: t.state, render: (_, permit) => permit.revoked && <Tag color="error">{t.revoked}</Tag> },
        ]}
      />
      <Typography.Title level={2} style={{ fontSize: 18, margin: 0 }}>
        {t.credentials}
      </Typography.Title>
      <Table
        rowKey="id"
        dataSource={record.credentials}
        pagination={false}
        scroll={{ x: 'max-content' }}
        locale={{ emptyText: t.noCredentials }}
        columns={[
          { title: t.kind, render: (_, credential) => t.credentialKinds[credential.kind] ?? credential.kind },
          { title: t.label, dataIndex: 'label' },
          { title: t.issued, render: (_, credential) => when(credential.issued) },
          { title: t.state, render: (_, credential) => (credential.revoked ? <Tag color="error">{t.revoked}</Tag> : <Tag color="success">{t.inForce}</Tag>) },
        ]}
      />
    </Flex>
  );
}
