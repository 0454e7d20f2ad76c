import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Flex, Form, Input, Typography } from 'antd';

import { signInApi } from '../../api/account';
import { sessionKey } from '../../app/session';
import { useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { codeOfAddress, forgetCode } from './address';
import { NewPassword } from './NewPassword';

/** Takes an invitation or a reset up. */
export function InvitationForm() {
  const t = useTexts().account;
  const client = useQueryClient();
  const accept = useMutation({
    mutationFn: (form: { code: string; password: string }) => signInApi.acceptInvitation({ code: form.code.trim(), password: form.password }),
    onSuccess: (answer) => {
      forgetCode();
      client.setQueryData(sessionKey, answer.session);
    },
  });
  return (
    <Form layout="vertical" requiredMark={false} initialValues={{ code: codeOfAddress() }} onFinish={accept.mutate}>
      <Typography.Paragraph type="secondary">{t.invitationHint}</Typography.Paragraph>
      <Form.Item name="code" label={t.invitationCode} rules={[{ required: true, message: t.required }]}>
        <Input autoComplete="off" />
      </Form.Item>
      <NewPassword />
      <Flex vertical gap={12}>
        {accept.error && <Problem error={accept.error} />}
        <Button type="primary" htmlType="submit" block loading={accept.isPending}>
          {t.invitationDo}
        </Button>
      </Flex>
    </Form>
  );
}
