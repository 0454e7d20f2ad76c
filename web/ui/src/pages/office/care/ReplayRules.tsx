import { useMutation } from '@tanstack/react-query';
import { Alert, Button, DatePicker, Flex, Input, Table, Tag, Typography } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';

import { policyApi } from '../../../api/policy';
import type { Difference } from '../../../api/menshen/v1/policy_pb';
import { inLanguage, useLanguage, useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';
import { useSite } from '../../../parts/site';
import { dayBegins } from './days';

const colours: Record<string, string> = { allow: 'success', deny: 'error', review: 'warning' };

/** Which passes would have been decided otherwise under changed rules. */
export function ReplayRules({ yaml: now }: { yaml: string }) {
  const t = useTexts().care;
  const { language } = useLanguage();
  const { clock, gate } = useSite();
  const [yaml, setYaml] = useState(now);
  const [span, setSpan] = useState<[Dayjs, Dayjs]>(() => [dayjs(clock.today()), dayjs(clock.today())]);
  const run = useMutation({ mutationFn: () => policyApi.replayPolicy({ yaml, from: dayBegins(clock, span[0]), to: dayBegins(clock, span[1], 1) }) });
  const answer = run.data;
  return (
    <Flex vertical gap={12}>
      <Typography.Text>{t.replayHint}</Typography.Text>
      <Input.TextArea aria-label={t.replayRules} value={yaml} spellCheck={false} onChange={(e) => setYaml(e.target.value)} rows={14} style={{ fontFamily: 'ui-monospace, monospace', fontSize: 13 }} />
      <Flex gap={12} wrap align="center">
        <DatePicker.RangePicker aria-label={t.replaySpan} value={span} allowClear={false} onChange={(days) => days?.[0] && days[1] && setSpan([days[0], days[1]])} />
        <Button type="primary" loading={run.isPending} onClick={() => run.mutate()}>
          {t.replayRun}
        </Button>
      </Flex>
      {run.error && <Problem error={run.error} />}
      {answer && (
        <>
          <Alert type={answer.different ? 'warning' : 'success'} showIcon role="status" title={t.replayDone(String(answer.passes), String(answer.different))} description={answer.different ? undefined : t.replaySame} />
          {answer.different > 0n && (
            <Table<Difference>
              size="small"
              rowKey={(one) => `${one.pass?.pass?.gate}:${one.pass?.pass?.sequence}`}
              dataSource={answer.differences}
              scroll={{ x: 'max-content' }}
              pagination={{ defaultPageSize: 50, hideOnSinglePage: true }}
              columns={[
                { title: t.visitTime, render: (_, one) => clock.full(one.pass?.pass?.captured) },
                { title: t.gate, render: (_, one) => gate(one.pass?.pass?.gate ?? '') },
                { title: t.person, render: (_, one) => `${one.pass?.personName ?? ''} ${one.pass?.dwelling ?? ''}` },
                { title: t.was, render: (_, one) => (one.pass?.reasons ?? []).map((reason) => inLanguage(reason, language)).join('; ') },
                {
                  title: t.wouldBeOutcome,
                  render: (_, one) => (
                    <>
                      <Tag color={colours[one.outcome]}>{t.outcomesOf[one.outcome] ?? one.outcome}</Tag> {one.reasons.map((reason) => inLanguage(reason, language)).join('; ')}
                    </>
                  ),
                },
              ]}
            />
          )}
        </>
      )}
    </Flex>
  );
}
