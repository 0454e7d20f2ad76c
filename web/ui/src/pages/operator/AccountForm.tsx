import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Checkbox, Form, Input, Modal } from 'antd';

import { accountApi } from '../../api/account';
import type { Account, Role } from '../../api/menshen/v1/account_pb';
import { useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { allRoles, roleName } from '../account/Roles';

/** Invites somebody, or changes the name and roles of an account. */
export function AccountForm({ account, onClose, onLink }: { account?: Account; onClose: () => void; onLink: (link: string) => void }) {
  const texts = useTexts();
  const { operator: t, account: a, common: c } = texts;
  const client = useQueryClient();
  const [form] = Form.useForm<{ name: string; shown: string; roles: Role[] }>();
  const save = useMutation({
    mutationFn: async ({ name, shown, roles }: { name: string; shown: string; roles: Role[] }) => {
      if (account) await accountApi.setAccount({ id: account.id, shown, roles });
      else onLink((await accountApi.inviteAccount({ name, shown, roles })).link);
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['account', 'listAccounts'] });
      onClose();
    },
  });
  return (
    <Modal open title={account ? account.name : t.inviteTitle} okText={account ? c.save : t.invite} confirmLoading={save.isPending} onOk={form.submit} onCancel={onClose} mask={{ closable: false }}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={account ?? { roles: [] }} onFinish={save.mutate}>
        {!account && (
          <Form.Item name="name" label={a.name} rules={[{ required: true, message: a.required }]}>
            <Input autoComplete="off" />
          </Form.Item>
        )}
        <Form.Item name="shown" label={a.shown} extra={a.shownHint} rules={[{ required: true, message: a.required }]}>
          <Input autoComplete="off" />
        </Form.Item>
        <Form.Item name="roles" label={a.roles} rules={[{ validator: (_, roles: Role[]) => (roles.length > 0 ? Promise.resolve() : Promise.reject(new Error(t.chooseRoles))) }]}>
          <Checkbox.Group options={allRoles.map((role) => ({ value: role, label: roleName(texts, role) }))} />
        </Form.Item>
        {save.error && <Problem error={save.error} />}
      </Form>
    </Modal>
  );
}
