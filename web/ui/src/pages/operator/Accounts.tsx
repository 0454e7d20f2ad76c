import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Empty, Flex, Modal, Tag, Typography } from 'antd';
import { useState } from 'react';

import { accountApi } from '../../api/account';
import type { Account } from '../../api/menshen/v1/account_pb';
import { useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { Sheet } from '../../parts/Sheet';
import { useTimes } from '../../parts/time';
import { Roles } from '../account/Roles';
import { Sessions } from '../account/Sessions';
import { AccountForm } from './AccountForm';
import { LinkModal } from './LinkModal';

/** Everybody who may sign in. */
export default function Accounts() {
  const { operator: t, account: a, common: c } = useTexts();
  const { minute } = useTimes();
  const { modal } = App.useApp();
  const client = useQueryClient();
  const [edited, setEdited] = useState<Account | 'new'>();
  const [watched, setWatched] = useState<Account>();
  const [link, setLink] = useState('');
  const accounts = useQuery({ queryKey: ['account', 'listAccounts'], queryFn: () => accountApi.listAccounts({}) });
  const renew = () => client.invalidateQueries({ queryKey: ['account', 'listAccounts'] });
  const set = useMutation({
    mutationFn: ({ id, disabled }: Account) => accountApi.setAccount({ id, disabled }),
    onSuccess: renew,
  });
  const reset = useMutation({
    mutationFn: (id: string) => accountApi.resetAccount({ id }),
    onSuccess: (answer) => {
      setLink(answer.link);
      void renew();
    },
  });
  const problem = accounts.error ?? set.error ?? reset.error;
  const state = (account: Account) => (account.disabled ? <Tag>{t.disabled}</Tag> : account.invited ? <Tag color="warning">{t.invited}</Tag> : <Tag color="success">{t.active}</Tag>);
  const disable = (account: Account) => {
    if (account.disabled) set.mutate({ ...account, disabled: false });
    else modal.confirm({ title: t.disableAsk, okText: t.disable, onOk: () => set.mutate({ ...account, disabled: true }) });
  };
  return (
    <Flex vertical gap={16}>
      <Flex justify="space-between" align="center">
        <Typography.Title level={1} style={{ fontSize: 22, margin: 0 }}>
          {t.accounts}
        </Typography.Title>
        <Button type="primary" onClick={() => setEdited('new')}>
          {t.invite}
        </Button>
      </Flex>
      {problem && <Problem error={problem} onRetry={() => void renew()} />}
      <Sheet<Account>
        rowKey="id"
        loading={accounts.isPending}
        dataSource={accounts.data?.accounts}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t.noAccounts} /> }}
        columns={[
          { title: a.name, dataIndex: 'name' },
          { title: a.shown, dataIndex: 'shown' },
          { title: a.roles, render: (_, account) => <Roles roles={account.roles} /> },
          { title: t.state, render: (_, account) => state(account) },
          { title: t.second, render: (_, account) => (account.secondFactor ? c.yes : c.no) },
          { title: t.lastSignIn, render: (_, account) => minute(account.signedInAt) || t.never },
          {
            title: c.more,
            render: (_, account) => (
              <Flex gap={4}>
                <Button type="text" onClick={() => setEdited(account)}>{c.edit}</Button>
                <Button type="text" onClick={() => setWatched(account)}>{t.devices}</Button>
                <Button type="text" onClick={() => modal.confirm({ title: t.resetAsk, content: t.resetHint, okText: t.reset, onOk: () => reset.mutate(account.id) })}>{t.reset}</Button>
                <Button type="text" danger={!account.disabled} onClick={() => disable(account)}>{account.disabled ? t.enable : t.disable}</Button>
              </Flex>
            ),
          },
        ]}
      />
      {edited && <AccountForm account={edited === 'new' ? undefined : edited} onClose={() => setEdited(undefined)} onLink={setLink} />}
      {link && <LinkModal link={link} onClose={() => setLink('')} />}
      <Modal open={!!watched} width={760} footer={null} title={watched && t.deviceTitle(watched.shown || watched.name)} onCancel={() => setWatched(undefined)} destroyOnHidden>
        {watched && <Sessions account={watched.id} />}
      </Modal>
    </Flex>
  );
}
