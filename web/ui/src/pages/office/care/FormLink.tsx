import { useMutation } from '@tanstack/react-query';
import { Button, Card, Flex, Form, QRCode, Select, Typography } from 'antd';

import { formsApi } from '../../../api/health';
import { registryApi } from '../../../api/registry';
import type { FormView } from '../../../api/menshen/v1/health_pb';
import { inLanguage, useLanguage, useTexts } from '../../../language';
import { PersonSelect } from '../../../parts/PersonSelect';
import { Problem } from '../../../parts/Problem';
import { useSite } from '../../../parts/site';

interface Fields {
  person: string;
  hours: number;
}

/** Makes the link through which one person fills a form in on their telephone. */
export function FormLink({ of: view }: { of: FormView }) {
  const t = useTexts().care;
  const { language } = useLanguage();
  const { clock } = useSite();
  const make = useMutation({
    mutationFn: async ({ person, hours }: Fields) => {
      const link = await formsApi.createLink({ purpose: 'form', subject: view.id, person, hours });
      const { record } = await registryApi.getPerson({ person });
      return { ...link, name: record?.person?.name ?? '' };
    },
  });
  return (
    <Flex vertical gap={16} style={{ maxWidth: 560 }}>
      <Typography.Text className="care-screen">{t.sendHint}</Typography.Text>
      <Form<Fields> className="care-screen" layout="vertical" requiredMark={false} initialValues={{ hours: 72 }} onFinish={(fields) => make.mutate(fields)}>
        <Form.Item name="person" label={t.sendTo} rules={[{ required: true, message: t.personNeeded }]}>
          <PersonSelect />
        </Form.Item>
        <Form.Item name="hours" label={t.linkHours}>
          <Select options={[2, 24, 72, 168, 720].map((value) => ({ value, label: t.linkFor(value) }))} style={{ maxWidth: 200 }} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={make.isPending}>
          {t.makeLink}
        </Button>
      </Form>
      {make.error && <Problem error={make.error} />}
      {make.data && (
        <Card>
          <Flex vertical align="center" gap={12}>
            <Typography.Title level={2} style={{ fontSize: 18, margin: 0, textAlign: 'center' }}>
              {inLanguage(view.title, language)}
            </Typography.Title>
            <Typography.Text>{t.linkOf(make.data.name, clock.full(make.data.expires))}</Typography.Text>
            <QRCode aria-label={make.data.url} value={make.data.url} size={240} color="#000000" bgColor="#ffffff" />
            <Typography.Text copyable={{ text: make.data.url, tooltips: [t.copy, t.copied] }} style={{ overflowWrap: 'anywhere', textAlign: 'center' }}>
              <a href={make.data.url} target="_blank" rel="noreferrer">
                {make.data.url}
              </a>
            </Typography.Text>
            <Button className="care-screen" onClick={() => print()}>
              {t.printLink}
            </Button>
          </Flex>
        </Card>
      )}
    </Flex>
  );
}
