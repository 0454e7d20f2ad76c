import { useQuery } from '@tanstack/react-query';
import { Card, Flex, Progress, Skeleton, Typography } from 'antd';

import { operationApi } from '../../api/operation';
import type { StoredFile } from '../../api/menshen/v1/operation_pb';
import { inLanguage, useLanguage, useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { Sheet } from '../../parts/Sheet';
import { bytesOf } from './bytes';

/** What lies on the disk, and how much room there is. */
export function Storage() {
  const t = useTexts().operation;
  const { language } = useLanguage();
  const storage = useQuery({ queryKey: ['operation', 'storage'], queryFn: () => operationApi.getStorage({}), refetchInterval: 30_000 });
  if (!storage.data) return storage.error ? <Problem error={storage.error} onRetry={() => void storage.refetch()} /> : <Skeleton active />;
  const { folder, files, diskBytes, freeBytes, warnBelowBytes, stopBelowBytes } = storage.data;
  const used = diskBytes > 0n ? Math.round(Number(((diskBytes - freeBytes) * 1000n) / diskBytes) / 10) : 0;
  return (
    <Flex vertical gap={16}>
      <Card>
        <Flex vertical gap={8}>
          <Typography.Text strong>{`${t.disk} · ${t.free(bytesOf(freeBytes), bytesOf(diskBytes))}`}</Typography.Text>
          <Progress percent={used} status={freeBytes < warnBelowBytes ? 'exception' : 'normal'} aria-label={t.free(bytesOf(freeBytes), bytesOf(diskBytes))} />
          <Typography.Text type="secondary">{t.warnAt(bytesOf(warnBelowBytes), bytesOf(stopBelowBytes))}</Typography.Text>
          <Typography.Text>
            {t.folder} <Typography.Text code>{folder}</Typography.Text>
          </Typography.Text>
        </Flex>
      </Card>
      <Sheet<StoredFile>
        rowKey="name"
        dataSource={files}
        columns={[
          { title: t.file, render: (_, { name }) => <Typography.Text code>{name}</Typography.Text> },
          { title: t.what, render: (_, { what }) => inLanguage(what, language) },
          { title: t.size, align: 'end', render: (_, { bytes }) => bytesOf(bytes) },
        ]}
      />
    </Flex>
  );
}
