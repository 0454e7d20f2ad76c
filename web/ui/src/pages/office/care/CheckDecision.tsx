import { useMutation } from '@tanstack/react-query';
import { Alert, Button, Card, Collapse, DatePicker, Flex, Form, Select, Segmented, Typography } from 'antd';
import type { Dayjs } from 'dayjs';

import { policyApi } from '../../../api/policy';
import { Direction } from '../../../api/menshen/v1/event_pb';
import type { FiredRule } from '../../../api/menshen/v1/policy_pb';
import { inLanguage, useLanguage, useTexts } from '../../../language';
import { PersonSelect } from '../../../parts/PersonSelect';
import { Problem } from '../../../parts/Problem';
import { useSite } from '../../../parts/site';
import { useGates } from './useGates';

interface Fields {
  person: string;
  gate: string;
  direction: Direction;
  means: string;
  at?: Dayjs | null;
}

const types: Record<string, 'success' | 'error' | 'warning'> = { allow: 'success', deny: 'error', review: 'warning' };

/** Why may somebody not pass a gate? The rules say, and what they rest on. */
export function CheckDecision() {
  const t = useTexts().care;
  const { language } = useLanguage();
  const { clock } = useSite();
  const { options } = useGates();
  const check = useMutation({
    mutationFn: (fields: Fields) => policyApi.checkPolicy({ ...fields, at: clock.fromPicker(fields.at) }),
  });
  const answer = check.data;
  const [first, ...others] = answer?.rules ?? [];
  return (
    <Flex vertical gap={16} style={{ maxWidth: 760 }}>
      <Typography.Text>{t.checkHint}</Typography.Text>
      <Form<Fields> layout="vertical" requiredMark={false} initialValues={{ direction: Direction.IN, means: 'face' }} onFinish={(fields) => check.mutate(fields)}>
        <Flex gap={16} wrap>
          <Form.Item name="person" label={t.person} rules={[{ required: true, message: t.personNeeded }]} style={{ flex: '1 1 240px' }}>
            <PersonSelect />
          </Form.Item>
          <Form.Item name="gate" label={t.gate} rules={[{ required: true, message: t.mustAnswer }]} style={{ flex: '1 1 200px' }}>
            <Select showSearch={{ optionFilterProp: 'label' }} options={options} />
          </Form.Item>
        </Flex>
        <Flex gap={16} wrap>
          <Form.Item name="direction" label={t.direction}>
            <Segmented options={[{ value: Direction.IN, label: t.directions.in }, { value: Direction.OUT, label: t.directions.out }]} />
          </Form.Item>
          <Form.Item name="means" label={t.means}>
            <Select options={Object.entries(t.meansOf).map(([value, label]) => ({ value, label }))} style={{ minWidth: 120 }} />
          </Form.Item>
          <Form.Item name="at" label={t.at} extra={t.atHint}>
            <DatePicker showTime={{ format: 'HH:mm' }} showNow={false} format="YYYY-MM-DD HH:mm" />
          </Form.Item>
        </Flex>
        <Button type="primary" htmlType="submit" loading={check.isPending}>
          {t.ask}
        </Button>
      </Form>
      {check.error && <Problem error={check.error} />}
      {answer && (
        <Flex vertical gap={12} role="status">
          <Alert type={types[answer.outcome] ?? 'info'} showIcon title={<strong style={{ fontSize: 18 }}>{t.outcomesOf[answer.outcome] ?? answer.outcome}</strong>} description={first ? inLanguage(first.text, language) : t.noRule} />
          {first && (
            <Card size="small" title={t.decides}>
              <Rule of={first} />
            </Card>
          )}
          {others.length > 0 && (
            <Card size="small" title={t.alsoFired}>
              {others.map((rule) => (
                <Rule key={rule.rule} of={rule} />
              ))}
            </Card>
          )}
          <Collapse
            size="small"
            items={[
              {
                key: 'known',
                label: t.known,
                children: (
                  <ul style={{ margin: 0, paddingInlineStart: 20 }}>
                    {answer.facts.map((fact, i) => (
                      <li key={i}>{inLanguage(fact, language)}</li>
                    ))}
                  </ul>
                ),
              },
            ]}
          />
        </Flex>
      )}
    </Flex>
  );
}

function Rule({ of: rule }: { of: FiredRule }) {
  const t = useTexts().care;
  const { language } = useLanguage();
  return (
    <div>
      <Typography.Text code>{rule.rule}</Typography.Text> {t.outcomesOf[rule.outcome] ?? rule.outcome}: {inLanguage(rule.text, language)}
      <ul style={{ marginBlock: 4 }} aria-label={t.rests}>
        {rule.because.map((fact, i) => (
          <li key={i}>{inLanguage(fact, language)}</li>
        ))}
      </ul>
    </div>
  );
}
