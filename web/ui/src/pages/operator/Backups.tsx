import { timestampDate } from '@bufbuild/protobuf/wkt';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Card, Empty, Flex, Tag, Typography } from 'antd';

import { operationApi } from '../../api/operation';
import type { Backup } from '../../api/menshen/v1/operation_pb';
import { useLanguage, useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { Sheet } from '../../parts/Sheet';
import { useTimes } from '../../parts/time';
import { bytesOf } from './bytes';

const week = 7 * 24 * 3600 * 1000;
const listKey = ['operation', 'backups'];

/** The backups, one more now, and how to put one back. */
export function Backups() {
  const t = useTexts().operation;
  const { language } = useLanguage();
  const { second } = useTimes();
  const { message } = App.useApp();
  const client = useQueryClient();
  const number = new Intl.NumberFormat(language);
  const list = useQuery({ queryKey: listKey, queryFn: () => operationApi.listBackups({}) });
  const make = useMutation({
    mutationFn: () => operationApi.makeBackup({}),
    onSuccess: () => {
      void message.success(t.made);
      void client.invalidateQueries({ queryKey: listKey });
    },
  });
  const last = list.data?.backups[0];
  const stale = last?.madeAt && Date.now() - timestampDate(last.madeAt).getTime() > week;
  return (
    <Flex vertical gap={16}>
      <Flex justify="space-between" align="center" wrap gap={8}>
        <Typography.Text strong>{last && t.lastBackup(second(last.madeAt))}</Typography.Text>
        <Button type="primary" loading={make.isPending} onClick={() => make.mutate()}>
          {make.isPending ? t.making : t.makeBackup}
        </Button>
      </Flex>
      {stale && <Alert type="warning" showIcon title={t.staleBackup} />}
      {(make.error ?? list.error) && <Problem error={make.error ?? list.error} />}
      <Sheet<Backup>
        rowKey="name"
        pagination={{ hideOnSinglePage: true, pageSize: 20 }}
        loading={list.isPending}
        dataSource={list.data?.backups}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t.noBackups} /> }}
        columns={[
          { title: t.madeAt, render: (_, { madeAt }) => second(madeAt) },
          { title: t.content, render: (_, { people, passes }) => t.contentOf(number.format(people), number.format(passes)) },
          { title: t.size, align: 'end', render: (_, { bytes }) => bytesOf(bytes) },
          { title: t.checksum, render: (_, { whole }) => <Tag color={whole ? 'success' : 'error'}>{whole ? t.whole : t.broken}</Tag> },
          { title: t.by, dataIndex: 'by' },
          { title: t.name, render: (_, { name }) => <Typography.Text code>{name}</Typography.Text> },
        ]}
      />
      <Card size="small" title={t.restoreTitle}>
        <Typography.Paragraph type="secondary">{t.backupHint}</Typography.Paragraph>
        <ol style={{ margin: 0, paddingInlineStart: 20 }}>
          {t.restore.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
        <Typography.Paragraph type="secondary" style={{ margin: '8px 0 0' }}>
          {t.checkHint} {list.data && <Typography.Text code>{list.data.folder}</Typography.Text>}
        </Typography.Paragraph>
      </Card>
    </Flex>
  );
}
