import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Flex, Form, Input, Skeleton, Typography } from 'antd';

import { registryApi } from '../../../api/registry';
import { useTexts } from '../../../language';
import { download } from '../../../parts/download';
import { Problem } from '../../../parts/Problem';
import { useTimes } from '../../../parts/time';
import { fetchable, packsKey, PackState } from './packState';

/** A person's passes, for themselves: ask for them, see what a second person said, and fetch them. */
export function PackPasses({ person }: { person: string }) {
  const t = useTexts().office;
  const { minute } = useTimes();
  const client = useQueryClient();
  const list = useQuery({ queryKey: [...packsKey, person], queryFn: () => registryApi.listPacks({ person }) });
  const renew = () => void client.invalidateQueries({ queryKey: packsKey });
  const ask = useMutation({ mutationFn: ({ shown }: { shown: string }) => registryApi.requestPack({ person, askedBy: shown }), onSettled: renew });
  const take = useMutation({
    mutationFn: (request: string) => registryApi.packPerson({ person, request }),
    onSuccess: ({ zip, name }) => download(name, zip.slice(), 'application/zip'),
    onSettled: renew,
  });
  if (list.error) return <Problem error={list.error} onRetry={() => void list.refetch()} />;
  if (!list.data) return <Skeleton active />;
  const last = list.data.requests[0];
  const ready = last && fetchable(last) ? last : undefined;
  const waits = last?.state === 'requested' && !last.expired;
  return (
    <Flex vertical gap={12}>
      <Typography.Title level={2} style={{ fontSize: 16, margin: 0 }}>
        {t.packPasses}
      </Typography.Title>
      <Typography.Text type="secondary">{t.packPassesHint}</Typography.Text>
      {last && (
        <Flex vertical gap={4}>
          <div>
            <PackState of={last} /> {t.packAsked(last.requestedBy, minute(last.requested))}
          </div>
          {last.decidedBy && <div>{t.packDecided(last.decidedBy, last.why)}</div>}
        </Flex>
      )}
      {ready && (
        <Button type="primary" loading={take.isPending} onClick={() => take.mutate(ready.id)}>
          {t.packTake(minute(ready.expires), ready.fetches - ready.fetched)}
        </Button>
      )}
      {!ready && !waits && (
        <Form<{ shown: string }> layout="vertical" onFinish={(values) => ask.mutate(values)}>
          <Form.Item name="shown" label={t.packShown} rules={[{ required: true, whitespace: true, message: t.packShown }]}>
            <Input maxLength={200} />
          </Form.Item>
          <Button htmlType="submit" loading={ask.isPending}>
            {t.packAsk}
          </Button>
        </Form>
      )}
      {(ask.error || take.error) && <Problem error={ask.error ?? take.error} />}
    </Flex>
  );
}
