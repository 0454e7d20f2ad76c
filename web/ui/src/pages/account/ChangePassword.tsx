import { useMutation } from '@tanstack/react-query';
import { App, Button, Flex, Form, Input } from 'antd';

import { accountApi } from '../../api/account';
import { useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { NewPassword } from './NewPassword';

export function ChangePassword() {
  const t = useTexts().account;
  const { message } = App.useApp();
  const [form] = Form.useForm<{ old: string; password: string }>();
  const change = useMutation({
    mutationFn: ({ old, password }: { old: string; password: string }) => accountApi.setPassword({ old, new: password }),
    onSuccess: () => {
      form.resetFields();
      void message.success(t.changed);
    },
  });
  return (
    <Form form={form} layout="vertical" requiredMark={false} onFinish={change.mutate} style={{ maxWidth: 400 }}>
      <Form.Item name="old" label={t.oldPassword} rules={[{ required: true, message: t.required }]}>
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      <NewPassword label={t.newPassword} />
      <Flex vertical gap={12} align="start">
        {change.error && <Problem error={change.error} />}
        <Button htmlType="submit" loading={change.isPending}>
          {t.changePassword}
        </Button>
      </Flex>
    </Form>
  );
}
