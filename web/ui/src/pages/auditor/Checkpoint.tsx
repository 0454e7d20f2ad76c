import { DownloadOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Card, Flex, Tag, Typography } from 'antd';

import { auditApi } from '../../api/account';
import { useLanguage, useTexts } from '../../language';
import { download } from '../../parts/download';
import { Problem } from '../../parts/Problem';
import { useTimes } from '../../parts/time';

const key = ['audit', 'checkpoint'];

/** The log as it is signed now, and where signatures of it lie. */
export function Checkpoint() {
  const t = useTexts().auditor;
  const { language } = useLanguage();
  const { second } = useTimes();
  const client = useQueryClient();
  const number = new Intl.NumberFormat(language);
  const now = useQuery({ queryKey: key, queryFn: () => auditApi.getCheckpoint({}) });
  const take = useMutation({
    mutationFn: () => auditApi.getCheckpoint({ export: true }),
    onSuccess: (c) => {
      download(`menshen-${String(c.size)}.checkpoint`, c.note, 'text/plain;charset=utf-8');
      void client.invalidateQueries({ queryKey: key });
    },
  });
  if (now.error) return <Problem error={now.error} onRetry={() => void now.refetch()} />;
  const c = now.data;
  return (
    <Card
      size="small"
      loading={now.isPending}
      title={t.checkpoint}
      extra={
        <Button icon={<DownloadOutlined />} loading={take.isPending} disabled={!c?.verified} onClick={() => take.mutate()}>
          {t.takeCheckpoint}
        </Button>
      }
    >
      {c && (
        <Flex vertical gap={4}>
          <Flex gap={8} wrap align="center">
            {c.verified ? <Tag color="success">{t.checkpointGood}</Tag> : <Tag color="error">{t.checkpointBad}</Tag>}
            {c.verified && <span>{t.checkpointState(number.format(c.size), second(c.at))}</span>}
          </Flex>
          {c.removed > 0n && <span>{t.checkpointRemoved(number.format(c.removed))}</span>}
          <span>{c.exportedAt ? t.takenAt(second(c.exportedAt)) : t.takenNever}</span>
          <span>{c.sentTo.length > 0 ? t.sentTo(c.sentTo.join(', '), second(c.sentAt)) : t.sentNowhere}</span>
          {c.problem && <Typography.Text type="danger">{c.problem}</Typography.Text>}
          <Typography.Text type="secondary">{t.checkpointHint}</Typography.Text>
        </Flex>
      )}
      {take.error && <Problem error={take.error} />}
    </Card>
  );
}
