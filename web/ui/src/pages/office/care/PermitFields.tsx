import { Checkbox, DatePicker, Flex, Form, Input, InputNumber, Select, Segmented } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';

import { useTexts } from '../../../language';
import type { Clock } from '../../../parts/clock';
import { sinceDay, untilEndOf } from './days';
import { isHours, weekdayBits } from './permitWords';
import { useGates } from './useGates';

/** What a permit allows, as a form has it. */
export interface PermitTerms {
  kind: string;
  plate?: string;
  from?: Dayjs | null;
  to?: Dayjs | null;
  gates?: string[];
  weekdays?: number[];
  hours?: string;
  quotaOutings?: number | null;
  quotaDays?: number | null;
  household?: boolean;
}

export const termFields = ['kind', 'plate', 'from', 'to', 'gates', 'weekdays', 'hours', 'quotaOutings', 'quotaDays'];

/** A permit, as the API takes it. */
export function permitOf(clock: Clock, person: string, terms: PermitTerms) {
  return {
    person,
    kind: terms.kind,
    plate: terms.kind === 'vehicle' ? (terms.plate ?? '') : '',
    from: sinceDay(clock, terms.from),
    to: untilEndOf(clock, terms.to),
    gates: terms.gates ?? [],
    weekdays: weekdayBits(terms.weekdays),
    hours: (terms.hours ?? '').replace(/\s/g, ''),
    quota: terms.quotaOutings ? { outings: terms.quotaOutings, days: terms.quotaDays ?? 1, household: terms.household ?? false } : undefined,
  };
}

/** The fields of a permit's terms, in a form. */
export function PermitFields({ kinds }: { kinds: string[] }) {
  const t = useTexts().care;
  const { options } = useGates();
  const form = Form.useFormInstance<PermitTerms>();
  const kind = Form.useWatch('kind', form);
  const past = (day: Dayjs) => day.isBefore(dayjs().subtract(1, 'day'), 'day');
  return (
    <>
      <Form.Item name="kind" label={t.kind}>
        <Segmented options={kinds.map((value) => ({ value, label: t.permitKinds[value] }))} style={{ maxWidth: '100%', overflowX: 'auto' }} />
      </Form.Item>
      {kind === 'vehicle' && (
        <Form.Item name="plate" label={t.plate} rules={[{ required: true, whitespace: true, message: t.plateNeeded }]}>
          <Input autoComplete="off" maxLength={20} placeholder="京A12345" style={{ maxWidth: 220 }} />
        </Form.Item>
      )}
      <Flex gap={16} wrap>
        <Form.Item name="from" label={t.from}>
          <DatePicker />
        </Form.Item>
        <Form.Item name="to" label={t.to} extra={t.toHint} rules={[{ required: kind === 'temporary', message: t.toNeeded }]}>
          <DatePicker disabledDate={past} />
        </Form.Item>
      </Flex>
      <Flex gap={16} wrap>
        <Form.Item name="weekdays" label={t.days} style={{ flex: '1 1 220px' }}>
          <Select mode="multiple" allowClear placeholder={t.everyDay} options={[1, 2, 3, 4, 5, 6, 0].map((day) => ({ value: day, label: t.weekdays[day] }))} />
        </Form.Item>
        <Form.Item
          name="hours"
          label={t.hours}
          extra={t.hoursHint}
          style={{ flex: '1 1 220px' }}
          rules={[{ validator: (_, text?: string) => (!text?.trim() || isHours(text) ? Promise.resolve() : Promise.reject(new Error(t.hoursWrong))) }]}
        >
          <Input autoComplete="off" placeholder={t.allDay} />
        </Form.Item>
      </Flex>
      <Form.Item name="gates" label={t.gates}>
        <Select mode="multiple" allowClear placeholder={t.everyGate} options={options} optionFilterProp="label" />
      </Form.Item>
      {kind === 'resident' && (
        <Flex gap={16} wrap align="end">
          <Form.Item name="quotaOutings" label={t.quota}>
            <InputNumber min={1} max={100} placeholder="–" />
          </Form.Item>
          <Form.Item name="quotaDays" label={t.quotaDays}>
            <InputNumber min={1} max={31} placeholder="1" />
          </Form.Item>
          <Form.Item name="household" valuePropName="checked">
            <Checkbox>{t.quotaHousehold}</Checkbox>
          </Form.Item>
        </Flex>
      )}
    </>
  );
}
