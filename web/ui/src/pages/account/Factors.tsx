import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Empty, Flex, Modal } from 'antd';
import { useState } from 'react';

import { accountApi } from '../../api/account';
import type { Factor } from '../../api/menshen/v1/account_pb';
import { useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { Sheet } from '../../parts/Sheet';
import { useTimes } from '../../parts/time';
import AddFactor from './AddFactor';
import { ProveForm, type Proof } from './ProveForm';

/** One's own second factors. */
export function Factors() {
  const { account: t, common: c } = useTexts();
  const { minute } = useTimes();
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const factors = useQuery({ queryKey: ['account', 'listFactors'], queryFn: () => accountApi.listFactors({}) });
  const renew = () => client.invalidateQueries({ queryKey: ['account', 'listFactors'] });
  const [going, setGoing] = useState<Factor>();
  const remove = useMutation({
    mutationFn: (proof: Proof) => accountApi.removeFactor({ id: going?.id, ...proof }),
    onSuccess: () => {
      setGoing(undefined);
      void renew();
    },
  });
  const problem = factors.error;
  const nameOf = (factor: Factor) => (factor.kind === 'code' ? t.addCode : factor.name || t.addKey);
  return (
    <Flex vertical gap={12} align="stretch">
      {problem && <Problem error={problem} onRetry={() => void renew()} />}
      <Sheet<Factor>
        rowKey="id"
        loading={factors.isPending}
        dataSource={factors.data?.factors}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t.noFactors} /> }}
        columns={[
          { title: t.second, render: (_, factor) => nameOf(factor) },
          { title: t.added, render: (_, factor) => minute(factor.addedAt) },
          { title: t.used, render: (_, factor) => minute(factor.usedAt) || t.never },
          {
            title: c.remove,
            render: (_, factor) => (
              <Button
                danger
                type="text"
                aria-label={`${c.remove}: ${nameOf(factor)}`}
                onClick={() => {
                  remove.reset();
                  setGoing(factor);
                }}
              >
                {c.remove}
              </Button>
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
      <Modal open={!!going} title={t.removeFactor} footer={null} destroyOnHidden onCancel={() => setGoing(undefined)}>
        {remove.error && <Problem error={remove.error} />}
        {going && <ProveForm factors={factors.data?.factors ?? []} busy={remove.isPending} onProof={remove.mutate} action={`${c.remove}: ${nameOf(going)}`} />}
      </Modal>
    </Flex>
  );
}
