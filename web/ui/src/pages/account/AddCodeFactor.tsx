import { useMutation, useQuery } from '@tanstack/react-query';
import { Button, Flex, Form, Skeleton, Typography } from 'antd';

import { accountApi } from '../../api/account';
import { useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { CodeInput } from './CodeInput';

/** Adds an authenticator: its picture to scan, then a code of it. */
export function AddCodeFactor({ onAdded }: { onAdded: () => void }) {
  const t = useTexts().account;
  // A secret is good for this form alone: it is neither kept nor asked for twice.
  const begun = useQuery({ queryKey: ['account', 'beginCodeFactor'], queryFn: () => accountApi.beginCodeFactor({}), staleTime: Infinity, gcTime: 0 });
  const add = useMutation({ mutationFn: (form: { code: string }) => accountApi.addCodeFactor({ secret: begun.data?.secret, code: form.code.replace(/\s/g, '') }), onSuccess: onAdded });
  if (begun.error) return <Problem error={begun.error} onRetry={() => void begun.refetch()} />;
  if (!begun.data) return <Skeleton active />;
  return (
    <Form layout="vertical" requiredMark={false} onFinish={add.mutate}>
      <Typography.Paragraph>{t.addCodeHint}</Typography.Paragraph>
      <Flex vertical align="center" gap={8} style={{ marginBottom: 16 }}>
        <img src={begun.data.qrPng} alt={t.qr} width={200} height={200} style={{ imageRendering: 'pixelated', background: '#fff', padding: 8, borderRadius: 8 }} />
        <Typography.Text type="secondary">{t.secret}</Typography.Text>
        <Typography.Text code copyable style={{ wordBreak: 'break-all' }}>
          {begun.data.secret}
        </Typography.Text>
      </Flex>
      <Form.Item name="code" label={t.code} rules={[{ required: true, message: t.required }]}>
        <CodeInput />
      </Form.Item>
      {add.error && <Problem error={add.error} />}
      <Button type="primary" htmlType="submit" block loading={add.isPending} style={{ marginTop: 12 }}>
        {t.confirmCode}
      </Button>
    </Form>
  );
}
