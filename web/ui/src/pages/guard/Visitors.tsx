import { timestampMs } from '@bufbuild/protobuf/wkt';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Empty, Flex, Modal, Popconfirm, Tag, Typography } from 'antd';
import { useState } from 'react';

import { visitsApi } from '../../api/visit';
import { useTexts } from '../../language';
import { Problem, wordsOf } from '../../parts/Problem';
import { VisitCode } from './VisitCode';

/** Visitors who wait, may enter, or are inside. */
export function Visitors() {
  const texts = useTexts();
  const t = texts.guard;
  const { message } = App.useApp();
  const client = useQueryClient();
  const [code, setCode] = useState<string>();
  const list = useQuery({ queryKey: ['visits', 'listVisits'], queryFn: () => visitsApi.listVisits({}), refetchInterval: 10_000 });
  const change = useMutation({
    mutationFn: async (what: { visit: string; confirm?: boolean }) => {
      if (what.confirm === undefined) await visitsApi.endVisit({ visit: what.visit });
      else setCode((await visitsApi.answerVisit({ visit: what.visit, confirm: what.confirm })).code || undefined);
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['visits'] }),
    onError: (error) => void message.error(wordsOf(error, texts.common.offline)),
  });
  const open = (list.data?.visits ?? []).filter((view) => ['asked', 'confirmed', 'inside'].includes(view.visit?.state ?? '')).sort((a, b) => Number(b.overdue) - Number(a.overdue));
  return (
    <Flex vertical gap={12}>
      {list.error && <Problem error={list.error} onRetry={() => void list.refetch()} />}
      {list.data && open.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t.noVisits} />}
      {open.map((view) => {
        const visit = view.visit!;
        return (
          <Flex key={visit.id} vertical gap={4} data-visit={visit.id}>
            <Flex gap={6} wrap align="center">
              <Typography.Text strong>{view.visitorName}</Typography.Text>
              <span>→ {view.hostName} {view.dwelling}</span>
              <Tag color={visit.state === 'inside' ? 'processing' : undefined}>{t.visitStates[visit.state] ?? visit.state}</Tag>
              {visit.entered && visit.state === 'inside' && <span>{t.insideFor(Math.max(Math.floor((Date.now() - timestampMs(visit.entered)) / 60_000), 0))}</span>}
              {view.overdue && <Tag color="error">{t.overdue}</Tag>}
            </Flex>
            <Flex gap={6} wrap>
              {visit.state === 'asked' && <Button onClick={() => change.mutate({ visit: visit.id, confirm: true })}>{t.confirmForHost}</Button>}
              {visit.state === 'asked' && (
                <Popconfirm title={t.refuseSure(view.visitorName)} onConfirm={() => change.mutate({ visit: visit.id, confirm: false })}>
                  <Button danger>{t.refuseForHost}</Button>
                </Popconfirm>
              )}
              {visit.state !== 'asked' && (
                <Popconfirm title={t.leftSure(view.visitorName)} onConfirm={() => change.mutate({ visit: visit.id })}>
                  <Button>{t.left}</Button>
                </Popconfirm>
              )}
            </Flex>
          </Flex>
        );
      })}
      <Modal open={code !== undefined} footer={null} onCancel={() => setCode(undefined)} title={t.visitorCode} width={480}>{code && <VisitCode code={code} />}</Modal>
    </Flex>
  );
}
