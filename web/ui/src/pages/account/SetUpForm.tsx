import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Flex, Form, Input, Typography } from 'antd';

import { signInApi } from '../../api/account';
import { sessionKey } from '../../app/session';
import { useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { codeOfAddress, forgetCode } from './address';
import { NewPassword } from './NewPassword';

/** The first account, with the code that the terminal shows. */
export function SetUpForm() {
  const t = useTexts().account;
  const client = useQueryClient();
  const setUp = useMutation({
    mutationFn: (form: { code: string; name: string; shown: string; password: string }) => signInApi.setUp({ code: form.code.trim(), name: form.name, shown: form.shown, password: form.password }),
    onSuccess: (answer) => {
      forgetCode();
      client.setQueryData(sessionKey, answer.session);
    },
  });
  const required = [{ required: true, message: t.required }];
  return (
    <Form layout="vertical" requiredMark={false} initialValues={{ code: codeOfAddress() }} onFinish={setUp.mutate}>
      <Typography.Paragraph type="secondary">{t.setUpHint}</Typography.Paragraph>
      <Form.Item name="code" label={t.setUpCode} rules={required}>
        <Input autoComplete="off" />
      </Form.Item>
      <Form.Item name="name" label={t.name} rules={required}>
        <Input autoComplete="username" />
      </Form.Item>
      <Form.Item name="shown" label={t.shown} extra={t.shownHint} rules={required}>
        <Input autoComplete="name" />
      </Form.Item>
      <NewPassword />
      <Flex vertical gap={12}>
        {setUp.error && <Problem error={setUp.error} />}
        <Button type="primary" htmlType="submit" block loading={setUp.isPending}>
          {t.setUpDo}
        </Button>
      </Flex>
    </Form>
  );
}
