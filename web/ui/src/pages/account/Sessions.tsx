import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Flex, Popconfirm, Tag } from 'antd';

import { accountApi } from '../../api/account';
import type { SessionEntry } from '../../api/menshen/v1/account_pb';
import { useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { Sheet } from '../../parts/Sheet';
import { useTimes } from '../../parts/time';

/** The devices on which an account is signed in: one's own, or for operators that of another, by its id. */
export function Sessions({ account = '' }: { account?: string }) {
  const t = useTexts().account;
  const { minute } = useTimes();
  const client = useQueryClient();
  const key = ['account', 'listSessions', account];
  const sessions = useQuery({ queryKey: key, queryFn: () => accountApi.listSessions({ account }) });
  const renew = () => client.invalidateQueries({ queryKey: key });
  const end = useMutation({ mutationFn: (id: string) => accountApi.endSession({ id }), onSuccess: renew });
  const problem = sessions.error ?? end.error;
  return (
    <Flex vertical gap={12}>
      {problem && <Problem error={problem} onRetry={() => void renew()} />}
      <Sheet<SessionEntry>
        rowKey="id"
        loading={sessions.isPending}
        dataSource={sessions.data?.sessions}
        columns={[
          { title: t.device, render: (_, entry) => <>{entry.device} {entry.current && <Tag color="success">{t.current}</Tag>}</> },
          { title: t.address, dataIndex: 'address' },
          { title: t.began, render: (_, entry) => minute(entry.beganAt) },
          { title: t.used, render: (_, entry) => minute(entry.usedAt) },
          {
            title: t.end,
            render: (_, entry) =>
              !entry.current && (
                <Popconfirm title={t.endAsk} onConfirm={() => end.mutate(entry.id)}>
                  <Button danger type="text">
                    {t.end}
                  </Button>
                </Popconfirm>
              ),
          },
        ]}
      />
    </Flex>
  );
}
