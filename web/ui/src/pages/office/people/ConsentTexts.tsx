import { Code, ConnectError } from '@connectrpc/connect';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Card, Collapse, Flex, Form, Input, Popconfirm, Skeleton, Tag, Typography } from 'antd';
import { useState } from 'react';

import { consentsApi } from '../../../api/enrolment';
import type { ConsentText } from '../../../api/menshen/v1/enrolment_pb';
import { useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';
import { useTimes } from '../../../parts/time';

/** What people are told of the use of their face: every version, and a new one. */
export default function ConsentTexts() {
  const t = useTexts().enrol;
  const { minute } = useTimes();
  const [writing, setWriting] = useState<ConsentText>();
  const found = useQuery({ queryKey: ['consents', 'texts'], queryFn: () => consentsApi.listConsentTexts({}) });
  if (found.error && !found.data) return <Problem error={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton active />;
  const all = found.data.texts;
  return (
    <Flex vertical gap={16} style={{ maxWidth: 960 }}>
      <Flex justify="space-between" align="center" wrap gap={12}>
        <Typography.Title level={1} style={{ fontSize: 24, margin: 0 }}>
          {t.texts}
        </Typography.Title>
        {!writing && (
          <Button type="primary" onClick={() => setWriting(all[0])}>
            {t.newVersion}
          </Button>
        )}
      </Flex>
      <Typography.Text type="secondary">{t.textsHint}</Typography.Text>
      {writing && <NewText from={writing} onDone={() => setWriting(undefined)} />}
      <Collapse
        defaultActiveKey={[all[0]!.version]}
        items={all.map((text, i) => ({
          key: text.version,
          label: (
            <Flex gap={12} wrap align="center">
              <Typography.Text strong>{t.version(text.version)}</Typography.Text>
              {i === 0 && <Tag color="success">{t.inUse}</Tag>}
              <Typography.Text type="secondary">{[minute(text.at), t.madeBy(text.by)].filter(Boolean).join(' · ')}</Typography.Text>
            </Flex>
          ),
          children: (
            <Flex gap={24} wrap>
              {[text.text?.zh, text.text?.en].map((words, side) => (
                <div key={side === 0 ? 'zh' : 'en'} lang={side === 0 ? 'zh-CN' : 'en'} style={{ flex: '1 1 320px', whiteSpace: 'pre-wrap', lineHeight: 1.7 }}>
                  {words}
                </div>
              ))}
            </Flex>
          ),
        }))}
      />
    </Flex>
  );
}

function NewText({ from, onDone }: { from: ConsentText; onDone: () => void }) {
  const texts = useTexts();
  const t = texts.enrol;
  const { message } = App.useApp();
  const client = useQueryClient();
  const [form] = Form.useForm<{ zh: string; en: string }>();
  const [base, setBase] = useState(from);
  const [moved, setMoved] = useState(false);
  const put = useMutation({
    mutationFn: (text: { zh: string; en: string }) => consentsApi.putConsentText({ text, after: base.version }),
    onSuccess: ({ version }) => {
      void message.success(t.putDone(version));
      void client.invalidateQueries({ queryKey: ['consents'] });
      onDone();
    },
    onError: async (error) => {
      // Somebody else wrote one meanwhile: it is below, and what was written here stays.
      if (!(error instanceof ConnectError) || error.code !== Code.AlreadyExists) return;
      const now = await client.fetchQuery({ queryKey: ['consents', 'texts'], queryFn: () => consentsApi.listConsentTexts({}) });
      setBase(now.texts[0]!);
      setMoved(true);
    },
  });
  return (
    <Card title={t.newVersion}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ zh: from.text?.zh, en: from.text?.en }} onFinish={put.mutate}>
        <Flex gap={24} wrap>
          <Form.Item name="zh" label={t.chinese} rules={[{ required: true, whitespace: true }]} style={{ flex: '1 1 320px' }}>
            <Input.TextArea lang="zh-CN" rows={18} maxLength={8000} />
          </Form.Item>
          <Form.Item name="en" label={t.english} rules={[{ required: true, whitespace: true }]} style={{ flex: '1 1 320px' }}>
            <Input.TextArea lang="en" rows={18} maxLength={8000} />
          </Form.Item>
        </Flex>
        <Flex vertical gap={12} align="start">
          {moved ? <Alert type="warning" showIcon role="alert" title={texts.common.changedElsewhere} /> : put.error && <Problem error={put.error} />}
          <Flex gap={12}>
            <Popconfirm title={t.putAsk} description={t.putHint} onConfirm={() => form.submit()}>
              <Button type="primary" loading={put.isPending}>
                {t.putVersion}
              </Button>
            </Popconfirm>
            <Button onClick={onDone}>{texts.common.cancel}</Button>
          </Flex>
        </Flex>
      </Form>
    </Card>
  );
}
