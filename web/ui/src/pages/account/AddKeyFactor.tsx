import { useMutation } from '@tanstack/react-query';
import { Button, Form, Input, Typography } from 'antd';

import { accountApi } from '../../api/account';
import { useTexts } from '../../language';
import { KeyProblem } from './KeyProblem';
import { keysWork, makeKey } from './keys';

/** Adds a security key or a passkey. */
export function AddKeyFactor({ onAdded }: { onAdded: () => void }) {
  const t = useTexts().account;
  const add = useMutation({
    mutationFn: async (form: { name: string }) => accountApi.addKeyFactor({ name: form.name, answerJson: await makeKey((await accountApi.beginKeyFactor({})).optionsJson) }),
    onSuccess: onAdded,
  });
  return (
    <Form layout="vertical" requiredMark={false} onFinish={add.mutate}>
      <Typography.Paragraph>{t.addKeyHint}</Typography.Paragraph>
      <Form.Item name="name" label={t.keyName} rules={[{ required: true, message: t.required }]}>
        <Input placeholder={t.keyNameExample} autoComplete="off" />
      </Form.Item>
      <KeyProblem error={add.error} />
      <Button type="primary" htmlType="submit" block disabled={!keysWork()} loading={add.isPending} style={{ marginTop: 12 }}>
        {t.useKey}
      </Button>
    </Form>
  );
}
