import { DatePicker, Flex, Form, Input, Radio, Select, Tag } from 'antd';
import dayjs from 'dayjs';

import type { FormQuestion } from '../../../api/menshen/v1/health_pb';
import { inLanguage, useLanguage, useTexts } from '../../../language';

/** The questions of a form, to be answered in a form of the page, or as a preview. */
export function FormQuestions({ questions }: { questions: FormQuestion[] }) {
  const t = useTexts().care;
  const { language } = useLanguage();
  return (
    <>
      {questions.map((question) => (
        <Form.Item
          key={question.id}
          name={question.id}
          label={
            <Flex gap={6} align="center">
              {inLanguage(question.label, language)}
              {question.required && <Tag>{t.required}</Tag>}
            </Flex>
          }
          rules={[{ required: question.required, message: t.mustAnswer }]}
        >
          <Answer of={question} />
        </Form.Item>
      ))}
    </>
  );
}

function Answer({ of: question, ...props }: { of: FormQuestion; id?: string; value?: string; onChange?: (value: string) => void }) {
  const t = useTexts().care;
  const { language } = useLanguage();
  switch (question.kind) {
    case 'yes_no':
      return <Radio.Group {...props} onChange={(e) => props.onChange?.(e.target.value)} options={[{ value: 'yes', label: t.yes }, { value: 'no', label: t.no }]} />;
    case 'choice':
      return <Select {...props} allowClear placeholder={t.choose} options={question.choices.map((choice) => ({ value: choice.value, label: inLanguage(choice.label, language) }))} />;
    case 'date':
      return <DatePicker id={props.id} value={props.value ? dayjs(props.value) : undefined} onChange={(day) => props.onChange?.(day?.format('YYYY-MM-DD') ?? '')} />;
    case 'number':
      return <Input {...props} inputMode="decimal" onChange={(e) => props.onChange?.(e.target.value)} style={{ maxWidth: 200 }} />;
    default:
      return <Input {...props} maxLength={2000} onChange={(e) => props.onChange?.(e.target.value)} />;
  }
}

/** What somebody answered, as people read it. */
export function answerWords(question: FormQuestion | undefined, answer: string, language: 'zh-CN' | 'en', words: { yes: string; no: string }): string {
  if (question?.kind === 'yes_no') return answer === 'yes' ? words.yes : answer === 'no' ? words.no : answer;
  const choice = question?.choices.find((one) => one.value === answer);
  return choice ? inLanguage(choice.label, language) : answer;
}
