import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Form, Typography } from 'antd';

import { formsApi } from '../../../api/health';
import type { FormView } from '../../../api/menshen/v1/health_pb';
import { inLanguage, useLanguage, useTexts } from '../../../language';
import { PersonSelect } from '../../../parts/PersonSelect';
import { Problem, wordsOf } from '../../../parts/Problem';
import { FormQuestions } from './FormQuestions';
import { refusedField } from './refusal';

/** Fills a form in for somebody on the telephone, and says what followed. */
export function FillIn({ of: view }: { of: FormView }) {
  const texts = useTexts();
  const t = texts.care;
  const { language } = useLanguage();
  const client = useQueryClient();
  const [form] = Form.useForm();
  const submit = useMutation({
    mutationFn: ({ person, ...answers }: Record<string, string | undefined>) =>
      formsApi.submitForm({ form: view.id, person, answers: Object.fromEntries(Object.entries(answers).flatMap(([id, answer]) => (answer?.trim() ? [[id, answer.trim()]] : []))) }),
    onSuccess: () => {
      form.resetFields();
      void client.invalidateQueries({ queryKey: ['FormService'] });
      void client.invalidateQueries({ queryKey: ['HealthService'] });
    },
    onError: (error) => {
      const field = refusedField(error, ['person'], 'person');
      if (field) form.setFields([{ name: field, errors: wordsOf(error, texts.common.offline, language).split('\n') }]);
    },
  });
  return (
    <div style={{ maxWidth: 560 }}>
      <Typography.Paragraph type="secondary">{t.fillInHint}</Typography.Paragraph>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(fields) => submit.mutate(fields)} scrollToFirstError>
        <Form.Item name="person" label={t.person} rules={[{ required: true, message: t.personNeeded }]}>
          <PersonSelect />
        </Form.Item>
        <FormQuestions questions={view.questions} />
        <Button type="primary" htmlType="submit" loading={submit.isPending}>
          {t.keepAnswers}
        </Button>
      </Form>
      {submit.error && <Problem error={submit.error} />}
      {submit.data && (
        <Alert
          type={submit.data.state ? 'warning' : 'success'}
          showIcon
          role="status"
          style={{ marginBlockStart: 16 }}
          title={`${t.ruled}: ${submit.data.state ? (t.healthStates[submit.data.state] ?? submit.data.state) : t.noConsequence}`}
          description={inLanguage(submit.data.reason, language)}
        />
      )}
    </div>
  );
}
