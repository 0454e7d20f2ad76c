import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Empty, Flex, Modal, Popconfirm, Table } from 'antd';
import { useState } from 'react';

import { api } from '../../api/client';
import type { Factor } from '../../api/menshen/v1/account_pb';
import { useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { useTimes } from '../../parts/time';
import AddFactor from './AddFactor';

/** One's own second factors. */
export function Factors() {
  const { account: t, common: c } = useTexts();
  const { minute } = useTimes();
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const factors = useQuery({ queryKey: ['account', 'listFactors'], queryFn: () => api.account.listFactors({}) });
  const renew = () => client.invalidateQueries({ queryKey: ['account', 'listFactors'] });
  const remove = useMutation({ mutationFn: (id: string) => api.account.removeFactor({ id }), onSuccess: renew });
  const problem = factors.error ?? remove.error;
  return (
    <Flex vertical gap={12} align="stretch">
      {problem && <Problem error={problem} onRetry={() => void renew()} />}
      <Table<Factor>
        rowKey="id"
        size="small"
        pagination={false}
        scroll={{ x: 'max-content' }}
        loading={factors.isPending}
        dataSource={factors.data?.factors}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t.noFactors} /> }}
        columns={[
          { title: t.second, render: (_, factor) => factor.name || (factor.kind === 'key' ? t.addKey : t.addCode) },
          { title: t.added, render: (_, factor) => minute(factor.addedAt) },
          { title: t.used, render: (_, factor) => minute(factor.usedAt) || t.never },
          {
            title: c.remove,
            render: (_, factor) => (
              <Popconfirm title={t.removeFactor} onConfirm={() => remove.mutate(factor.id)}>
                <Button danger type="text">
                  {c.remove}
                </Button>
              </Popconfirm>
            ),
          },
        ]}
      />
      <Button onClick={() => setAdding(true)} style={{ alignSelf: 'start' }}>
        {t.addSecond}
      </Button>
      <Modal open={adding} title={t.addSecond} footer={null} destroyOnHidden onCancel={() => setAdding(false)}>
        <AddFactor
          onAdded={() => {
            setAdding(false);
            void renew();
          }}
        />
      </Modal>
    </Flex>
  );
}
