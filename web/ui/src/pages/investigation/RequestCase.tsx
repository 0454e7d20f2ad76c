import { PlusOutlined } from '@ant-design/icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, DatePicker, Drawer, Form, Input, Select } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';

import { casesApi } from '../../api/case';
import { useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { fieldError } from './fieldError';
import { FindPerson } from './FindPerson';
import { PolicySelect } from './PolicySelect';
import { useSite } from '../../parts/site';
import { timePicker } from '../../parts/timePicker';

interface Values {
  number: string;
  person: string;
  purpose: string;
  onset?: Dayjs;
  sampled?: Dayjs;
  isolated?: Dayjs;
  symptoms?: string[];
  expires?: Dayjs;
  policy?: string;
}

/** Asks for a case; what the server refuses stands at its field, and everything entered stays. */
export function RequestCase() {
  const texts = useTexts();
  const t = texts.investigation;
  const { clock } = useSite();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<Values>();
  const purpose = Form.useWatch('purpose', form);
  const request = useMutation({
    mutationFn: (v: Values) =>
      casesApi.requestCase({
        number: v.number,
        person: v.person,
        purpose: v.purpose,
        policy: v.policy ?? '',
        expires: clock.fromPicker(v.expires?.endOf('day')),
        clinical: { onset: clock.fromPicker(v.onset), sampled: clock.fromPicker(v.sampled), isolated: clock.fromPicker(v.isolated), symptoms: v.symptoms ?? [] },
      }),
    onSuccess: (_, v) => {
      void client.invalidateQueries({ queryKey: ['CaseService', 'listCases'] });
      void message.success(t.requestDone(v.number));
      form.resetFields();
      setOpen(false);
    },
    onError: (error) => {
      const wrong = fieldError(error);
      if (!wrong || !(wrong.field in form.getFieldsValue())) return;
      form.setFields([{ name: wrong.field as keyof Values, errors: [wrong.words] }]);
      form.scrollToField(wrong.field, { block: 'center' });
    },
  });
  const wrong = fieldError(request.error);
  const atField = wrong && wrong.field in form.getFieldsValue();
  const needed = [{ required: true, message: t.needed }];
  return (
    <>
      <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setOpen(true)}>
        {t.requestCase}
      </Button>
      <Drawer
        open={open}
        onClose={() => setOpen(false)}
        title={t.requestCase}
        size={480}
        footer={
          <Button type="primary" loading={request.isPending} onClick={form.submit} block>
            {t.requestDo}
          </Button>
        }
      >
        <Alert type="info" showIcon title={t.secondPerson} style={{ marginBlockEnd: 16 }} />
        <Form form={form} layout="vertical" requiredMark={false} onFinish={(values) => request.mutate(values)}>
          <Form.Item name="number" label={t.number} rules={needed}>
            <Input autoComplete="off" maxLength={60} placeholder={t.numberHint} />
          </Form.Item>
          <Form.Item name="purpose" label={t.purpose} rules={needed}>
            <Input.TextArea rows={2} maxLength={500} />
          </Form.Item>
          <Form.Item name="person" label={t.indexPerson} rules={needed}>
            <FindPerson purpose={purpose} onPurpose={(given) => form.setFieldValue('purpose', given)} />
          </Form.Item>
          <Form.Item name="onset" label={t.onset} extra={t.onsetHint}>
            <DatePicker {...timePicker} />
          </Form.Item>
          <Form.Item name="sampled" label={t.sampled}>
            <DatePicker {...timePicker} />
          </Form.Item>
          <Form.Item name="isolated" label={t.isolated} extra={t.isolatedHint}>
            <DatePicker {...timePicker} />
          </Form.Item>
          <Form.Item name="symptoms" label={t.symptoms}>
            <Select mode="tags" options={t.usualSymptoms.map((value) => ({ value }))} />
          </Form.Item>
          <Form.Item name="expires" label={t.expires} extra={t.expiresHint}>
            <DatePicker style={{ width: '100%' }} />
          </Form.Item>
          <Form.Item name="policy" label={t.policy}>
            <PolicySelect />
          </Form.Item>
        </Form>
        {request.error && !atField && <Problem error={request.error} />}
      </Drawer>
    </>
  );
}
