import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Card, Flex, Form, Input, Typography } from 'antd';
import { useState } from 'react';

import { formsApi } from '../../../api/health';
import type { FormView } from '../../../api/menshen/v1/health_pb';
import { inLanguage, useLanguage, useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';
import { FormQuestions } from './FormQuestions';

/** The text of a questionnaire beside what residents will see of it. The server checks it; a mistake is told with its line. */
export function FormEditor({ of: view }: { of: FormView }) {
  const texts = useTexts();
  const t = texts.care;
  const { language } = useLanguage();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [yaml, setYaml] = useState(view.yaml);
  const put = useMutation({
    mutationFn: (dryRun: boolean) => formsApi.putForm({ yaml, dryRun }),
    onSuccess: ({ form }, dryRun) => {
      if (dryRun) return;
      void message.success(t.savedForm(form?.version ?? 0));
      void client.invalidateQueries({ queryKey: ['FormService', 'listForms'] });
    },
  });
  const checked = put.data?.form;
  const shown = checked ?? view;
  return (
    <Flex gap={16} wrap align="start">
      <Flex vertical gap={12} style={{ flex: '1 1 440px', minWidth: 0 }}>
        <Typography.Text type="secondary">{t.formTextHint}</Typography.Text>
        <Input.TextArea
          aria-label={t.formText}
          value={yaml}
          spellCheck={false}
          onChange={(e) => {
            setYaml(e.target.value);
            put.reset();
          }}
          rows={22}
          style={{ fontFamily: 'ui-monospace, monospace', fontSize: 13, whiteSpace: 'pre', overflowX: 'auto' }}
        />
        <Flex gap={8}>
          <Button loading={put.isPending} onClick={() => put.mutate(true)}>
            {t.checkForm}
          </Button>
          <Button type="primary" disabled={put.isPending || yaml === view.yaml} onClick={() => put.mutate(false)}>
            {t.saveForm}
          </Button>
          <Button disabled={yaml === view.yaml} onClick={() => setYaml(view.yaml)}>
            {texts.common.undo}
          </Button>
        </Flex>
        {put.error && <Problem error={put.error} />}
        {checked && put.variables && <Alert type="success" showIcon role="status" title={checked.version === view.version ? t.formSame : t.formWell(checked.version)} />}
      </Flex>
      <Card size="small" title={`${t.preview}: ${inLanguage(shown.title, language)}`} style={{ flex: '1 1 320px' }}>
        <Form layout="vertical" requiredMark={false}>
          <FormQuestions questions={shown.questions} />
        </Form>
      </Card>
    </Flex>
  );
}
