import { useQueryClient } from '@tanstack/react-query';
import { App, DatePicker, Flex, Form, Select } from 'antd';
import type { Dayjs } from 'dayjs';
import { useNavigate } from 'react-router';

import { casesApi } from '../../api/case';
import type { Case, Judged } from '../../api/menshen/v1/case_pb';
import { useTexts } from '../../language';
import { ActionButton } from './ActionButton';
import { ExtendCase } from './ExtendCase';
import { PolicySelect } from './PolicySelect';
import { useSite } from '../../parts/site';
import { timePicker } from '../../parts/timePicker';

/** What an investigator does to a case as a whole. */
export function CaseActions({ of: c }: { of: Case }) {
  const t = useTexts().investigation;
  const { clock } = useSite();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { message, modal } = App.useApp();
  const after = async (words: string) => {
    await client.invalidateQueries({ queryKey: ['CaseService'] });
    void message.success(words);
  };
  const judged = async (j?: Judged) => {
    await client.invalidateQueries({ queryKey: ['CaseService'] });
    if (!j) return;
    const content = [
      t.judgedCounts(j.added.length, j.changed.length, j.returned.length, j.withdrawn.length, j.same),
      j.held.length > 0 && t.judgedHeld(j.names.map((n) => n.name).join('、')),
      j.doubles.length > 0 && t.judgedDoubles(j.doubles.map((d) => d.person?.name).join('、')),
      j.notJudged && `${j.notJudged} ${j.notJudgedHint}`,
    ].filter(Boolean);
    modal.info({ title: t.judgedTitle, content: content.map((line) => <p key={String(line)}>{line}</p>) });
  };
  if (c.state === 'closed') {
    return (
      <Flex gap={8} wrap style={{ marginBlock: 12 }}>
        <ActionButton
          label={t.reopen}
          hint={t.reopenHint}
          run={async ({ why }) => {
            await casesApi.reopenCase({ case: c.id, why, revision: c.revision });
            // Until somebody approves, nobody may look into it: not this page either.
            void message.success(t.reopened);
            await navigate('/investigation/cases');
            await client.invalidateQueries({ queryKey: ['CaseService', 'listCases'] });
          }}
        />
      </Flex>
    );
  }
  return (
    <Flex gap={8} wrap style={{ marginBlock: 12 }}>
      <ActionButton label={t.judge} type="primary" hint={t.judgeHint} run={async ({ why }) => judged((await casesApi.judgeCase({ case: c.id, why })).judged)} />
      <ActionButton<{ onset?: Dayjs; sampled?: Dayjs; isolated?: Dayjs; symptomFree?: Dayjs; symptoms?: string[] }>
        label={t.clinical}
        hint={t.clinicalHint}
        initial={{
          onset: clock.toPicker(c.clinical?.onset),
          sampled: clock.toPicker(c.clinical?.sampled),
          isolated: clock.toPicker(c.clinical?.isolated),
          symptomFree: clock.toPicker(c.clinical?.symptomFree),
          symptoms: c.clinical?.symptoms,
        }}
        run={async (v) => {
          const clinical = {
            onset: clock.fromPicker(v.onset),
            sampled: clock.fromPicker(v.sampled),
            isolated: clock.fromPicker(v.isolated),
            symptomFree: clock.fromPicker(v.symptomFree),
            symptoms: v.symptoms ?? [],
          };
          await judged((await casesApi.setClinical({ case: c.id, clinical, why: v.why, revision: c.revision })).judged);
        }}
      >
        <Form.Item name="onset" label={t.onset}>
          <DatePicker {...timePicker} />
        </Form.Item>
        <Form.Item name="sampled" label={t.sampled}>
          <DatePicker {...timePicker} />
        </Form.Item>
        <Form.Item name="isolated" label={t.isolated} extra={t.isolatedHint}>
          <DatePicker {...timePicker} />
        </Form.Item>
        <Form.Item name="symptomFree" label={t.symptomFree}>
          <DatePicker {...timePicker} />
        </Form.Item>
        <Form.Item name="symptoms" label={t.symptoms}>
          <Select mode="tags" options={t.usualSymptoms.map((value) => ({ value }))} />
        </Form.Item>
      </ActionButton>
      <ActionButton<{ policy: string }>
        label={t.changePolicy}
        hint={t.changePolicyHint}
        run={async ({ policy, why }) => judged((await casesApi.setCasePolicy({ case: c.id, policy, why, revision: c.revision })).judged)}
      >
        <Form.Item name="policy" label={t.policy} rules={[{ required: true, message: t.needed }]}>
          <PolicySelect />
        </Form.Item>
      </ActionButton>
      <ExtendCase of={c} />
      <ActionButton
        label={t.closeCase}
        hint={t.closeHint}
        danger
        run={async ({ why }) => {
          await casesApi.closeCase({ case: c.id, why, revision: c.revision });
          await after(t.caseClosed);
        }}
      />
    </Flex>
  );
}
