import { EditOutlined, ScanOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Card, Descriptions, Flex, Modal, Popconfirm, Skeleton, Table, Tag, Typography } from 'antd';
import { useState } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';

import { peopleApi } from '../../../api/core';
import { credentialsApi } from '../../../api/permit';
import { registryApi } from '../../../api/registry';
import type { Credential } from '../../../api/menshen/v1/registry_pb';
import { useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';
import { useTimes } from '../../../parts/time';
import { Certificates } from './Certificates';
import { Consents } from './Consents';
import { EditPerson } from './EditPerson';
import { IssueCredential } from './IssueCredential';
import { PackPerson } from './PackPerson';
import { Photographs } from './Photographs';

/** Stands in place of a name that was erased. */
const nameErased = '—';

/** Everything that the office keeps of one person. */
export default function Person() {
  const texts = useTexts();
  const t = texts.office;
  const id = useParams().person ?? '';
  const { minute } = useTimes();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [params, setParams] = useSearchParams();
  const [issuing, setIssuing] = useState(false);
  const found = useQuery({ queryKey: ['registry', 'getPerson', id], queryFn: () => registryApi.getPerson({ person: id }) });
  const renew = () => {
    for (const key of [['registry'], ['people'], ['consents'], ['households']]) void client.invalidateQueries({ queryKey: key });
  };
  const remove = useMutation({
    mutationFn: () => peopleApi.removePerson({ person: found.data?.record?.person?.id ?? id }),
    onSuccess: () => {
      void message.success(t.removed);
      renew();
    },
  });
  const state = useMutation({
    mutationFn: ({ to }: { to: 'active' | 'inactive' }) => {
      const { person: who, revision } = found.data!.record!;
      return registryApi.putPerson({ person: who!.id, name: who!.name, dwelling: who!.dwelling, state: to, revision });
    },
    onSuccess: (_, { to }) => {
      void message.success(to === 'active' ? t.restored : t.suspended);
      renew();
    },
  });
  const revoke = useMutation({ mutationFn: (credential: string) => credentialsApi.revokeCredential({ credential, reason: t.revokeReason }), onSuccess: renew });

  if (found.error && !found.data) return <Problem error={found.error} onRetry={() => void found.refetch()} />;
  const record = found.data?.record;
  const person = record?.person;
  if (!record || !person) return <Skeleton active />;
  const { particulars, health } = record;
  const active = person.state !== 'inactive';
  const erased = person.name === nameErased;
  const edit = (on: boolean) => setParams(on ? { edit: '1' } : {}, { replace: true });
  return (
    <Flex vertical gap={16}>
      <Flex justify="space-between" align="center" wrap gap={12}>
        <Typography.Title level={1} style={{ fontSize: 24, margin: 0 }}>
          {person.name} {!active && <Tag>{erased ? t.erasedPerson : t.inactive}</Tag>}
        </Typography.Title>
        <Flex gap={8} wrap>
          {active && (
            <Button type={record.templates === 0 ? 'primary' : 'default'} icon={<ScanOutlined />} onClick={() => void navigate(`/office/enrol?person=${encodeURIComponent(person.id)}`)}>
              {t.enrolFace}
            </Button>
          )}
          {!erased && (
            <Button icon={<EditOutlined />} onClick={() => edit(true)}>
              {t.edit}
            </Button>
          )}
          <PackPerson person={person.id} name={person.name} erased={erased} />
          {!active && !erased && (
            <Button loading={state.isPending} onClick={() => state.mutate({ to: 'active' })}>
              {t.restore}
            </Button>
          )}
          {active && (
            <Popconfirm title={t.suspendAsk(person.name)} description={<div style={{ maxWidth: 320 }}>{t.suspendHint}</div>} onConfirm={() => state.mutate({ to: 'inactive' })}>
              <Button loading={state.isPending}>{t.suspend}</Button>
            </Popconfirm>
          )}
          {!erased && (
            <Popconfirm title={t.removeAsk(person.name)} description={<div style={{ maxWidth: 320 }}>{t.removeHint}</div>} onConfirm={() => remove.mutate()} okButtonProps={{ danger: true }}>
              <Button danger loading={remove.isPending}>
                {t.remove}
              </Button>
            </Popconfirm>
          )}
        </Flex>
      </Flex>
      {remove.error && <Problem error={remove.error} />}
      {state.error && <Problem error={state.error} onRetry={() => void found.refetch().then(() => state.reset())} />}
      <Card title={t.particulars}>
        <Descriptions
          column={{ xs: 1, md: 2 }}
          items={[
            { key: 'dwelling', label: t.dwelling, children: person.dwelling ? <Link to={`/office/households/${encodeURIComponent(person.dwelling)}`}>{person.dwelling}</Link> : t.notResident },
            { key: 'role', label: t.role, children: t.roles[particulars?.role ?? ''] ?? '—' },
            { key: 'phone', label: t.phone, children: particulars?.phone || '—' },
            { key: 'document', label: t.document, children: particulars?.documentNumber ? `${t.documentKinds[particulars.documentKind] ?? ''} ${particulars.documentNumber}` : '—' },
            { key: 'born', label: t.born, children: particulars?.born || '—' },
            ...(particulars?.guardian ? [{ key: 'guardian', label: t.guardian, children: <Guardian id={particulars.guardian} /> }] : []),
            { key: 'health', label: t.health, children: t.healthStates[health?.state || 'normal'] ?? health?.state },
            ...(health?.until ? [{ key: 'until', label: t.until, children: minute(health.until) }] : []),
          ]}
        />
      </Card>
      <Card title={`${t.face} · ${t.consent}`} extra={record.templates > 0 ? <Tag color="success">{t.faces(record.templates)}</Tag> : <Tag>{t.notEnrolled}</Tag>}>
        <Flex vertical gap={16} align="start">
          <Consents person={person.id} name={person.name} active={active} />
          <Certificates person={person.id} />
          {record.templates > 0 && <Photographs person={person.id} name={person.name} />}
        </Flex>
      </Card>
      <Card title={t.credentials} extra={active && <Button onClick={() => setIssuing(true)}>{t.issue}</Button>}>
        {revoke.error && <Problem error={revoke.error} />}
        {record.credentials.length === 0 && <Typography.Text type="secondary">{t.noCredentials}</Typography.Text>}
        <Table<Credential>
          style={{ display: record.credentials.length === 0 ? 'none' : undefined }}
          rowKey="id"
          size="small"
          dataSource={record.credentials}
          pagination={false}
          scroll={{ x: 'max-content' }}
          columns={[
            { title: t.kind, render: (_, credential) => t.credentialKinds[credential.kind] ?? credential.kind },
            { title: t.label, render: (_, credential) => credential.label || '—' },
            { title: t.issued, render: (_, credential) => minute(credential.issued) },
            { title: t.state, render: (_, credential) => (credential.revoked ? <Tag color="error">{t.revoked}</Tag> : <Tag color="success">{t.inForce}</Tag>) },
            {
              title: '',
              render: (_, credential) =>
                !credential.revoked && (
                  <Popconfirm title={t.revokeAsk} description={t.revokeHint} onConfirm={() => revoke.mutate(credential.id)}>
                    <Button size="small" danger>
                      {t.revoke}
                    </Button>
                  </Popconfirm>
                ),
            },
          ]}
        />
      </Card>
      <Card title={t.permits}>
        {record.permits.length === 0 && <Typography.Text type="secondary">{t.noPermits}</Typography.Text>}
        <Table
          style={{ display: record.permits.length === 0 ? 'none' : undefined }}
          rowKey="id"
          size="small"
          dataSource={record.permits}
          pagination={false}
          scroll={{ x: 'max-content' }}
          columns={[
            { title: t.kind, render: (_, permit) => t.permitKinds[permit.kind] ?? permit.kind },
            { title: t.from, render: (_, permit) => minute(permit.from) },
            { title: t.to, render: (_, permit) => (permit.to ? minute(permit.to) : t.unlimited) },
            { title: t.state, render: (_, permit) => permit.revoked && <Tag color="error">{t.revoked}</Tag> },
          ]}
        />
      </Card>
      {params.get('edit') && <EditPerson record={record} onClose={() => edit(false)} />}
      {issuing && (
        <Modal open title={t.issueTitle} footer={null} onCancel={() => setIssuing(false)} destroyOnHidden>
          <Flex vertical gap={12}>
            <Typography.Text type="secondary">{t.issueHint}</Typography.Text>
            <IssueCredential person={person.id} name={person.name} />
          </Flex>
        </Modal>
      )}
    </Flex>
  );
}

function Guardian({ id }: { id: string }) {
  const found = useQuery({ queryKey: ['registry', 'getPerson', id], queryFn: () => registryApi.getPerson({ person: id }) });
  return <Link to={`/office/people/${encodeURIComponent(id)}`}>{found.data?.record?.person?.name ?? id}</Link>;
}
