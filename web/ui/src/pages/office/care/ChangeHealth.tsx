import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, App, DatePicker, Form, Input, Modal, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';

import { healthApi } from '../../../api/health';
import type { HealthRecord } from '../../../api/menshen/v1/registry_pb';
import { useLanguage, useTexts } from '../../../language';
import { PersonSelect } from '../../../parts/PersonSelect';
import { Problem, wordsOf } from '../../../parts/Problem';
import { useSite } from '../../../parts/site';
import { lastDay, sinceDay, untilEndOf } from './days';
import { refusedField } from './refusal';

interface Fields {
  person?: string;
  state: string;
  since?: Dayjs | null;
  until?: Dayjs | null;
  reason?: string;
}

/** Puts somebody into a health state, and says what follows at the gates. Without a person, it asks for whom. */
export function ChangeHealth({ of: health, name, end, days, onClose }: { of?: HealthRecord; name?: string; end?: boolean; days: number; onClose: () => void }) {
  const texts = useTexts();
  const t = texts.care;
  const { language } = useLanguage();
  const { clock } = useSite();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [form] = Form.useForm<Fields>();
  const state = Form.useWatch('state', form);
  const early = end && health?.state === 'observation' && health.until && Number(health.until.seconds) * 1000 > Date.now();
  const set = useMutation({
    mutationFn: (fields: Fields) =>
      healthApi.setHealth({
        person: health?.person ?? fields.person,
        state: fields.state,
        since: sinceDay(clock, fields.since),
        until: fields.state === 'observation' ? untilEndOf(clock, fields.until) : undefined,
        reason: fields.reason,
      }),
    onSuccess: () => {
      void message.success(t.changed);
      void client.invalidateQueries({ queryKey: ['HealthService'] });
      onClose();
    },
    onError: (error) => {
      const field = refusedField(error, ['person', 'since', 'until', 'reason'], 'person');
      if (field) form.setFields([{ name: field as keyof Fields, errors: wordsOf(error, texts.common.offline, language).split('\n') }]);
    },
  });
  const states = ['observation', 'monitoring', 'isolated', 'recovered', 'normal'].filter((one) => health || one === 'observation' || one === 'monitoring' || one === 'isolated');
  return (
    <Modal
      open
      title={end ? t.endOf(name ?? '') : name ? t.changeOf(name) : t.putUnder}
      onCancel={onClose}
      onOk={form.submit}
      okText={end ? t.endObservation : texts.common.save}
      okButtonProps={{ loading: set.isPending, danger: state === 'isolated' }}
      cancelText={texts.common.cancel}
    >
      <Form<Fields> form={form} layout="vertical" requiredMark={false} initialValues={{ state: end ? 'normal' : 'observation', since: dayjs(clock.today()) }} onFinish={(fields) => set.mutate(fields)}>
        {!health && (
          <Form.Item name="person" label={t.person} rules={[{ required: true, message: t.personNeeded }]}>
            <PersonSelect />
          </Form.Item>
        )}
        <Form.Item name="state" label={t.newState} extra={t.consequences[state]} hidden={end}>
          <Select options={states.map((value) => ({ value, label: t.healthStates[value] }))} />
        </Form.Item>
        {end && <Alert type={early ? 'warning' : 'info'} showIcon title={early ? t.endEarly(lastDay(clock, health.until!)) : t.endHint} style={{ marginBlockEnd: 16 }} />}
        {!end && (
          <Form.Item name="since" label={t.since}>
            <DatePicker disabledDate={(day) => day.format('YYYY-MM-DD') > clock.today()} />
          </Form.Item>
        )}
        {state === 'observation' && (
          <Form.Item name="until" label={t.untilLabel} extra={t.untilHint(days)}>
            <DatePicker />
          </Form.Item>
        )}
        <Form.Item name="reason" label={t.why} rules={[{ required: state === 'isolated', whitespace: true, message: t.reasonNeeded }]}>
          <Input maxLength={500} />
        </Form.Item>
      </Form>
      {set.error && !refusedField(set.error, ['person', 'since', 'until', 'reason'], 'person') && <Problem error={set.error} />}
    </Modal>
  );
}

/** The colour of somebody's health code, and where it was seen. */
export function ChangeCode({ of: health, name, onClose }: { of: HealthRecord; name: string; onClose: () => void }) {
  const texts = useTexts();
  const t = texts.care;
  const { message } = App.useApp();
  const client = useQueryClient();
  const [form] = Form.useForm<{ code: string; source?: string }>();
  const set = useMutation({
    mutationFn: (fields: { code: string; source?: string }) => healthApi.setHealthCode({ person: health.person, ...fields }),
    onSuccess: () => {
      void message.success(t.changed);
      void client.invalidateQueries({ queryKey: ['HealthService'] });
      onClose();
    },
  });
  return (
    <Modal open title={t.codeOf(name)} onCancel={onClose} onOk={form.submit} okText={texts.common.save} okButtonProps={{ loading: set.isPending }} cancelText={texts.common.cancel}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ code: health.code, source: '' }} onFinish={(fields) => set.mutate(fields)}>
        <Form.Item name="code" label={t.healthCode}>
          <Select options={[...Object.entries(t.codes).map(([value, label]) => ({ value, label })), { value: '', label: t.codeNone }]} />
        </Form.Item>
        <Form.Item name="source" label={t.codeSource}>
          <Input maxLength={100} />
        </Form.Item>
      </Form>
      {set.error && <Problem error={set.error} />}
    </Modal>
  );
}
