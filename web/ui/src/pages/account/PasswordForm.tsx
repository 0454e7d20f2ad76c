import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Flex, Form, Input } from 'antd';

import { signInApi } from '../../api/account';
import { sessionKey } from '../../app/session';
import { useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { outsideProblem } from './address';

/** Name and password, or the site's own provider. name is that of somebody who was signed in before. */
export function PasswordForm({ name, provider }: { name?: string; provider: string }) {
  const t = useTexts().account;
  const client = useQueryClient();
  const signIn = useMutation({
    mutationFn: (form: { name: string; password: string }) => signInApi.signIn(form),
    onSuccess: (answer) => client.setQueryData(sessionKey, answer.session),
  });
  const outside = outsideProblem();
  const required = [{ required: true, message: t.required }];
  return (
    <Form layout="vertical" requiredMark={false} initialValues={{ name }} onFinish={signIn.mutate}>
      <Form.Item name="name" label={t.name} rules={required}>
        <Input autoComplete="username" autoFocus={!name} />
      </Form.Item>
      <Form.Item name="password" label={t.password} rules={required}>
        <Input.Password autoComplete="current-password" autoFocus={!!name} />
      </Form.Item>
      <Flex vertical gap={12}>
        {outside && !signIn.error && provider && <Alert type="error" showIcon role="alert" title={t.outside[outside].title(provider)} description={t.outside[outside].hint} />}
        {signIn.error && <Problem error={signIn.error} />}
        <Button type="primary" htmlType="submit" block loading={signIn.isPending}>
          {t.signIn}
        </Button>
        {provider && (
          <Button block href={`/oidc/begin?${new URLSearchParams({ to: outside ? '/' : location.pathname + location.search })}`}>
            {t.signInWith(provider)}
          </Button>
        )}
      </Flex>
    </Form>
  );
}
