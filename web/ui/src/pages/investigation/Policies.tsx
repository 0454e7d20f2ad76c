import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Descriptions, Drawer, Flex, Skeleton, Table, Tag, Typography } from 'antd';
import { useMemo } from 'react';

import { tracingPoliciesApi } from '../../api/case';
import { Role } from '../../api/menshen/v1/account_pb';
import type { TracingPolicy } from '../../api/menshen/v1/case_pb';
import { useSession } from '../../app/session';
import { inLanguage, useLanguage, useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { useAddress } from '../../parts/address';
import { EditPolicy } from './EditPolicy';
import { policiesQuery } from './PolicySelect';
import { policyNumbers } from './policyNumbers';
import { useSite } from '../../parts/site';
import { policyText, versionWords } from './tags';

/** The policies that contacts are judged by. */
export default function Policies() {
  const t = useTexts().investigation;
  const { language } = useLanguage();
  const [open, setOpen] = useAddress('policy');
  const list = useQuery(policiesQuery);
  return (
    <>
      <Typography.Title level={3} style={{ marginBlockStart: 0 }}>
        {t.policies}
      </Typography.Title>
      <Typography.Paragraph type="secondary">{t.policiesHint}</Typography.Paragraph>
      {list.error && <Problem error={list.error} onRetry={() => void list.refetch()} />}
      <Table<TracingPolicy>
        rowKey={(p) => p.ref?.id ?? ''}
        loading={list.isPending}
        dataSource={list.data?.policies}
        pagination={false}
        scroll={{ x: 760 }}
        columns={[
          {
            title: t.policy,
            key: 'name',
            width: 260,
            render: (_, p) => (
              <Button type="link" style={{ paddingInline: 0, whiteSpace: 'normal', height: 'auto', textAlign: 'start' }} onClick={() => setOpen(policyText(p.ref))}>
                {inLanguage(p.name, language) || p.ref?.id}
              </Button>
            ),
          },
          { title: t.version, key: 'version', width: 130, render: (_, p) => <>{versionWords(p.ref, t)} {p.usual && <Tag color="success">{t.usual}</Tag>}</> },
          { title: t.aboutPolicy, key: 'about', render: (_, p) => inLanguage(p.about, language) },
        ]}
      />
      {open && <PolicyDrawer policy={open} onClose={() => setOpen('')} onOpen={setOpen} />}
    </>
  );
}

function PolicyDrawer({ policy, onClose, onOpen }: { policy: string; onClose: () => void; onOpen: (policy: string) => void }) {
  const t = useTexts().investigation;
  const { language } = useLanguage();
  const { clock } = useSite();
  const { may } = useSession();
  const client = useQueryClient();
  const shown = useQuery({ queryKey: ['TracingPolicyService', 'getTracingPolicy', policy], queryFn: () => tracingPoliciesApi.getTracingPolicy({ policy }) });
  const p = shown.data?.policy;
  const numbers = useMemo(() => policyNumbers(shown.data?.yaml ?? '', t), [shown.data, t]);
  return (
    <Drawer open onClose={onClose} size={720} title={p ? inLanguage(p.name, language) : t.policy}>
      {shown.error && <Problem error={shown.error} onRetry={() => void shown.refetch()} />}
      {shown.isPending && <Skeleton active />}
      {p && (
        <Flex vertical gap={16}>
          <Typography.Text>{inLanguage(p.about, language)}</Typography.Text>
          <Descriptions size="small" column={1} items={[...numbers.map((n) => ({ key: n.label, label: n.label, children: n.words })), { key: 'source', label: t.sourceOf, children: p.source || '–' }]} />
          <Table<TracingPolicy>
            size="small"
            rowKey={(v) => policyText(v.ref)}
            dataSource={shown.data?.versions}
            pagination={false}
            columns={[
              { title: t.version, key: 'v', render: (_, v) => <Button type="link" style={{ paddingInline: 0 }} onClick={() => onOpen(`${v.ref?.id}@${v.ref?.version ?? 0}`)}>{versionWords(v.ref, t)}</Button> },
              { title: t.time, key: 'at', render: (_, v) => (v.by ? clock.full(v.at) : '–') },
              { title: t.by, key: 'by', render: (_, v) => v.by || '–' },
              { title: t.note, dataIndex: 'note' },
            ]}
          />
          {may([Role.OPERATOR]) ? (
            <EditPolicy key={policy} yaml={shown.data!.yaml} onKept={() => void client.invalidateQueries({ queryKey: ['TracingPolicyService'] })} />
          ) : (
            <>
              <pre style={{ overflow: 'auto', fontSize: 13, maxHeight: 480 }} tabIndex={0} aria-label={t.policyText}>
                {shown.data?.yaml}
              </pre>
              <Typography.Text type="secondary">{t.operatorKeeps}</Typography.Text>
            </>
          )}
        </Flex>
      )}
    </Drawer>
  );
}
