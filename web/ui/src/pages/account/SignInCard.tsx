import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input } from 'antd';

import { api } from '../../api/client';
import type { GetSessionResponse } from '../../api/menshen/v1/account_pb';
import { sessionKey } from '../../app/session';
import { useTexts } from '../../language';
import { Problem } from '../../parts/Problem';

/** Name and password. */
export function SignInCard({ state: _state }: { state: GetSessionResponse }) {
  const t = useTexts().account;
  const client = useQueryClient();
  const signIn = useMutation({
    mutationFn: (form: { name: string; password: string }) => api.signIn.signIn(form),
    onSuccess: (answer) => client.setQueryData(sessionKey, answer.session),
  });
  return (
    <Form layout="vertical" onFinish={signIn.mutate} style={{ maxWidth: 360, margin: '10vh auto', padding: 16 }}>
      <Form.Item name="name" label={t.name} rules={[{ required: true }]}>
        <Input autoComplete="username" autoFocus />
      </Form.Item>
      <Form.Item name="password" label={t.password} rules={[{ required: true }]}>
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      {signIn.error && <Problem error={signIn.error} />}
      <Button type="primary" htmlType="submit" block loading={signIn.isPending}>
        {t.signIn}
      </Button>
    </Form>
  );
}
