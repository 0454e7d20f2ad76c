import { DownloadOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { Alert, Button, Checkbox, Form, Input, Radio } from 'antd';

import { casesApi } from '../../api/case';
import { useTexts } from '../../language';
import { download } from '../../parts/download';
import { Problem } from '../../parts/Problem';
import { fieldError } from './fieldError';
import { choices } from './tags';

interface Values {
  format: string;
  table: string;
  language: string;
  purpose: string;
  particulars: boolean;
}

/** Gives the tables of a case, all of it as JSON, or the printable report, as a file. */
export default function ExportTab({ id }: { id: string }) {
  const t = useTexts().investigation;
  const [form] = Form.useForm<Values>();
  const format = Form.useWatch('format', form) ?? 'html';
  const give = useMutation({
    mutationFn: (v: Values) => casesApi.exportCase({ case: id, ...v, table: v.format === 'csv' || v.format === 'xlsx' ? v.table : '' }),
    onSuccess: (answer) => download(answer.name, answer.data.slice(), 'application/octet-stream'),
    onError: (error) => {
      const wrong = fieldError(error);
      if (wrong?.field === 'purpose') form.setFields([{ name: 'purpose', errors: [wrong.words] }]);
    },
  });
  return (
    <Form form={form} layout="vertical" requiredMark={false} style={{ maxWidth: 640 }} initialValues={{ format: 'html', table: 'contacts', language: '', particulars: false }} onFinish={give.mutate}>
      <Form.Item name="format" label={t.format}>
        <Radio.Group optionType="button" options={choices(t.formats)} />
      </Form.Item>
      <Form.Item name="table" label={t.table} hidden={format !== 'csv' && format !== 'xlsx'}>
        <Radio.Group options={choices(t.tables)} />
      </Form.Item>
      <Form.Item name="language" label={t.languageOf} hidden={format === 'json'}>
        <Radio.Group options={[{ value: '', label: t.bothLanguages }, { value: 'zh', label: '中文' }, { value: 'en', label: 'English' }]} />
      </Form.Item>
      <Form.Item name="purpose" label={t.exportPurpose} rules={[{ required: true, whitespace: true, message: t.needed }]}>
        <Input maxLength={200} placeholder={t.exportPurposeHint} />
      </Form.Item>
      <Form.Item name="particulars" valuePropName="checked" extra={t.particularsHint}>
        <Checkbox>{t.particulars}</Checkbox>
      </Form.Item>
      {give.error && <Problem error={give.error} />}
      {give.data && <Alert type="success" showIcon role="status" title={t.exported(give.data.name)} description={format === 'html' ? t.printHint : undefined} style={{ marginBlockEnd: 12 }} />}
      <Button type="primary" htmlType="submit" icon={<DownloadOutlined aria-hidden />} loading={give.isPending}>
        {give.isPending ? t.exporting : t.exportDo}
      </Button>
    </Form>
  );
}
