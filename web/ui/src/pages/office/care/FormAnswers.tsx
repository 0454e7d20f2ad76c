import { useQuery } from '@tanstack/react-query';
import { Descriptions, Empty, Table, Tag, Typography } from 'antd';
import { Link } from 'react-router';

import { formsApi } from '../../../api/health';
import type { FormAnswer, FormView } from '../../../api/menshen/v1/health_pb';
import { inLanguage, useLanguage, useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';
import { useSite } from '../../../parts/site';
import { answerWords } from './FormQuestions';

const colours: Record<string, string> = { observation: 'warning', monitoring: 'processing', isolated: 'error' };

/** Answers as the form asks; last those to questions that it no longer has. */
function inOrder(view: FormView, answer: FormAnswer): [string, string][] {
  const place = (id: string) => (view.questions.findIndex((question) => question.id === id) + 1 || Infinity);
  return Object.entries(answer.answers).sort(([a], [b]) => place(a) - place(b));
}

/** What was answered, latest first, with what the rules made of it. */
export function FormAnswers({ of: view }: { of: FormView }) {
  const t = useTexts().care;
  const { language } = useLanguage();
  const { clock } = useSite();
  const list = useQuery({ queryKey: ['FormService', 'listAnswers', view.id], queryFn: () => formsApi.listAnswers({ form: view.id, limit: 1000 }), refetchInterval: 30_000 });
  const people = new Map((list.data?.people ?? []).map((p) => [p.id, p]));
  const questions = new Map(view.questions.map((question) => [question.id, question]));
  return (
    <>
      {list.error && <Problem error={list.error} onRetry={() => void list.refetch()} />}
      <Table<FormAnswer>
        size="middle"
        rowKey="id"
        loading={list.isPending}
        dataSource={list.data?.answers}
        scroll={{ x: 'max-content' }}
        pagination={{ defaultPageSize: 50, hideOnSinglePage: true }}
        locale={{ emptyText: <Empty description={t.noAnswers} /> }}
        expandable={{
          expandedRowRender: (answer) => (
            <Descriptions
              size="small"
              column={1}
              bordered
              style={{ maxWidth: 720 }}
              items={inOrder(view, answer).map(([id, words]) => ({ key: id, label: inLanguage(questions.get(id)?.label, language) || id, children: answerWords(questions.get(id), words, language, t) }))}
            />
          ),
        }}
        columns={[
          {
            title: t.person,
            render: (_, answer) => (
              <>
                <Link to={`/office/people/${encodeURIComponent(answer.person)}`}>{people.get(answer.person)?.name ?? answer.person}</Link>{' '}
                <Typography.Text type="secondary">{people.get(answer.person)?.dwelling}</Typography.Text>
              </>
            ),
          },
          { title: t.measuredAt, render: (_, answer) => clock.full(answer.at) },
          { title: t.answeredBy, render: (_, answer) => (answer.by === 'link' ? t.byLink : answer.by) },
          {
            title: t.ruled,
            render: (_, answer) => (
              <>
                <Tag color={colours[answer.state]}>{answer.state ? (t.healthStates[answer.state] ?? answer.state) : t.noConsequence}</Tag>
                <Typography.Text style={{ display: 'block', maxWidth: 360, whiteSpace: 'normal' }}>{inLanguage(answer.reason, language)}</Typography.Text>
              </>
            ),
          },
        ]}
      />
    </>
  );
}
